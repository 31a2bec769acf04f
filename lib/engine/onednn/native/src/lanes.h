// One register of floats, by the compiler's vector extension: 16 lanes with AVX-512, 8 elsewhere (two registers where there is
// nothing wider). Loads and stores need no alignment.
#pragma once
#include <cstdint>
#include <cstring>

namespace iekd {

#ifdef __AVX512F__
constexpr int kLanes = 16;
constexpr int kAccumulators = 24;  // of 32 registers: the rest holds operands
#else
constexpr int kLanes = 8;
constexpr int kAccumulators = 12;  // of 16
#endif

typedef float Lanes __attribute__((vector_size(kLanes * sizeof(float))));

inline Lanes load(const float* p) {
  Lanes v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

inline void store(float* p, Lanes v) { std::memcpy(p, &v, sizeof v); }

// The first n values at p, zeros behind them; and back.
template <class Value>
inline Lanes load(const Value* p, int n) {
  if (n == kLanes) return load(p);
  Value some[kLanes] = {};
  std::memcpy(some, p, n * sizeof(Value));
  return load(some);
}

template <class Value>
inline void store(Value* p, Lanes v, int n) {
  if (n == kLanes) return store(p, v);
  Value some[kLanes];
  store(some, v);
  std::memcpy(p, some, n * sizeof(Value));
}

// Calls body(j, n) for the lanes [j, j + n) of [0, count): whole registers, then what is left. Inlined, so that n is a constant
// in the loop.
template <class Body>
inline __attribute__((always_inline)) void eachLanes(int64_t count, Body body) {
  int64_t j = 0;
  for (; j + kLanes <= count; j += kLanes) body(j, kLanes);
  if (j < count) body(j, static_cast<int>(count - j));
}

inline Lanes rectify(Lanes v, float slope) { return v > 0 ? v : v * slope; }

}  // namespace iekd
