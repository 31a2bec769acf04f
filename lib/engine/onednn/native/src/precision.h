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

#ifdef __AVX512BF16__
// A value of a map in bfloat16.
struct Half {
  uint16_t bits;
};

struct BFloat16 {
  using Map = Half;
};

inline Lanes load(const Half* p) {
  __m256i halves;
  std::memcpy(&halves, p, sizeof halves);
  return reinterpret_cast<Lanes>(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16));
}

// Rounds to nearest, ties to even.
inline void store(Half* p, Lanes v) {
  const __m256bh rounded = _mm512_cvtneps_pbh(reinterpret_cast<__m512>(v));
  std::memcpy(p, &rounded, sizeof rounded);
}
#endif

}  // namespace iekd
