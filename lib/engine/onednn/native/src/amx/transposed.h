// Between lines of places, [place][channel], and what a sum over places takes: pairs of places side by side, [pair][channel][2], and
// those turned, [channel][place].
#pragma once
#include "TileRegisters.h"

#ifdef IEKD_AMX
namespace iekd::amx {

// first[0], second[0], first[1], … of 16 channels of two places.
inline WordLanes pairUp(const uint16_t* first, const uint16_t* second) {
  HalfLanes a, b;
  std::memcpy(&a, first, sizeof a);
  std::memcpy(&b, second, sizeof b);
  return wordsOf(a) | wordsOf(b) << 16;
}

// One step of the transposition of a matrix of 16×16 words: squares of `side` change places across the diagonal of each 2 · side.
template <int kSide>
inline __attribute__((always_inline)) void exchange(WordLanes (&m)[16]) {
  struct Order {
    alignas(64) uint32_t upper[16], lower[16];
    constexpr Order() : upper(), lower() {
      for (uint32_t j = 0; j < 16; j++) {
        upper[j] = j & kSide ? 16 + (j ^ kSide) : j;
        lower[j] = j & kSide ? 16 + j : j ^ kSide;
      }
    }
  };
  static constexpr Order order;
  const __m512i upper = _mm512_load_si512(order.upper), lower = _mm512_load_si512(order.lower);
#pragma GCC unroll 16
  for (int i = 0; i < 16; i++) {
    if (i & kSide) continue;
    const auto a = reinterpret_cast<__m512i>(m[i]), b = reinterpret_cast<__m512i>(m[i + kSide]);
    m[i] = reinterpret_cast<WordLanes>(_mm512_permutex2var_epi32(a, upper, b));
    m[i + kSide] = reinterpret_cast<WordLanes>(_mm512_permutex2var_epi32(a, lower, b));
  }
}

// out[channel][32] of 32 places and 16 channels; lines of `out` are `line` values apart.
inline void turn(const uint16_t* in, int64_t channels, uint16_t* out, int64_t line) {
  WordLanes m[16];
#pragma GCC unroll 16
  for (int i = 0; i < 16; i++) m[i] = pairUp(in + 2 * i * channels, in + (2 * i + 1) * channels);
  exchange<1>(m);
  exchange<2>(m);
  exchange<4>(m);
  exchange<8>(m);
#pragma GCC unroll 16
  for (int i = 0; i < 16; i++) std::memcpy(out + i * line, &m[i], sizeof m[i]);
}

}  // namespace iekd::amx
#endif
