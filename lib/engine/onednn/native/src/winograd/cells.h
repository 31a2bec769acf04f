// How transformed tiles and filters are kept for the products: as they are, or rounded to bfloat16, whose instruction multiplies twice
// as many in the same time. Sums are float32 either way.
#pragma once
#include <cstdint>
#include <vector>

#include "../precision.h"

namespace iekd::winograd {

// Two cells of a product are reduced in one instruction: along channels in a convolution, along tiles in a filter's gradient. Rows
// [tile][channel] serve the first; the second wants pairs of tiles side by side, [tile / 2][channel][2].
struct FloatCells {
  using Cell = float;
  static constexpr int kPair = 1;
  static void storeRow(Cell* p, Lanes v) { store(p, v); }
  static void storeOne(Cell* p, Lanes v, bool) { store(p, v); }
};

#ifdef __AVX512BF16__
struct HalfCells {
  using Cell = uint16_t;
  static constexpr int kPair = 2;

  static void storeRow(Cell* p, Lanes v) {
    const __m256bh rounded = _mm512_cvtneps_pbh(reinterpret_cast<__m512>(v));
    std::memcpy(p, &rounded, sizeof rounded);
  }

  // first[0], second[0], first[1], …
  static void storePairs(Cell* p, Lanes first, Lanes second) {
    const __m512bh rounded = _mm512_cvtne2ps_pbh(reinterpret_cast<__m512>(second), reinterpret_cast<__m512>(first));
    alignas(64) static const uint16_t kZip[32] = {0, 16, 1, 17, 2,  18, 3,  19, 4,  20, 5,  21, 6,  22, 7,  23,
                                                  8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31};
    const __m512i zipped = _mm512_permutexvar_epi16(_mm512_load_si512(kZip), reinterpret_cast<const __m512i&>(rounded));
    _mm512_storeu_si512(p, zipped);
  }

  // One side of the pairs at p: the first, with zeros on the other, or the second, beside what is there.
  static void storeOne(Cell* p, Lanes v, bool second) {
    WordLanes pairs, words = wordsOf(reinterpret_cast<HalfLanes>(_mm512_cvtneps_pbh(reinterpret_cast<__m512>(v))));
    if (second) {
      std::memcpy(&pairs, p, sizeof pairs);
      words = pairs | words << 16;
    }
    std::memcpy(p, &words, sizeof words);
  }

  // A pair of cells, in every lane.
  static __m512bh spread(const Cell* p) {
    int32_t pair;
    std::memcpy(&pair, p, sizeof pair);
    const __m512i all = _mm512_set1_epi32(pair);
    return reinterpret_cast<const __m512bh&>(all);
  }

  static __m512bh load(const Cell* p) {
    __m512bh v;
    std::memcpy(&v, p, sizeof v);
    return v;
  }

  static Lanes add(Lanes sum, __m512bh a, __m512bh b) {
    return reinterpret_cast<Lanes>(_mm512_dpbf16_ps(reinterpret_cast<__m512>(sum), a, b));
  }
};
#endif

// Rows [row][to] as cells: pairs of rows side by side, [row / 2][to][2], where cells go in pairs. Good until the next call.
template <class Cells>
inline const typename Cells::Cell* inCells(const std::vector<float>& rows, int64_t to) {
  if constexpr (Cells::kPair == 1) {
    return rows.data();
  } else {
    static std::vector<float> room;  // of floats, which are larger: Node brings a vector of 16-bit numbers of its own
    room.resize(rows.size());
    auto* cells = reinterpret_cast<typename Cells::Cell*>(room.data());
    for (size_t at = 0; at < rows.size(); at += 2 * to)
      for (int64_t k = 0; k < to; k += kLanes) Cells::storePairs(cells + at + 2 * k, load(&rows[at + k]), load(&rows[at + to + k]));
    return cells;
  }
}

template <class Precision>
struct CellsOf {
  using type = FloatCells;
};
#ifdef __AVX512BF16__
template <>
struct CellsOf<BFloat16> {
  using type = HalfCells;
};
#endif

}  // namespace iekd::winograd
