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

}  // namespace iekd
