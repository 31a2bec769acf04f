// How maps are kept in memory and multiplied: in float32, or in bfloat16, which is float32's upper half. Sums, parameters, statistics
// and the gradients of parameters are float32 either way.
#pragma once
#include <cstdint>

#include "lanes.h"
#ifdef __AVX512BF16__
#include <immintrin.h>
#endif

namespace iekd {

struct Float32 {
  using Map = float;
};

// A value as it is after a map has kept it.
inline Lanes asKept(const float*, Lanes v) { return v; }

#ifdef __AVX512BF16__
// A value of a map in bfloat16.
struct Half {
  uint16_t bits;
};

struct BFloat16 {
  using Map = Half;
};

typedef uint16_t HalfLanes __attribute__((vector_size(kLanes * sizeof(uint16_t))));
typedef uint32_t WordLanes __attribute__((vector_size(kLanes * sizeof(uint32_t))));

// Each as the lower half of a word. By the compiler's extension: GCC 12 warns of its own intrinsic.
inline WordLanes wordsOf(HalfLanes halves) { return __builtin_convertvector(halves, WordLanes); }

inline Lanes load(const Half* p) {
  HalfLanes halves;
  std::memcpy(&halves, p, sizeof halves);
  return reinterpret_cast<Lanes>(wordsOf(halves) << 16);
}

// Rounds to nearest, ties to even.
inline void store(Half* p, Lanes v) {
  const __m256bh rounded = _mm512_cvtneps_pbh(reinterpret_cast<__m512>(v));
  std::memcpy(p, &rounded, sizeof rounded);
}

inline Lanes asKept(const Half*, Lanes v) {
  Half kept[kLanes];
  store(kept, v);
  return load(kept);
}
#endif

}  // namespace iekd
