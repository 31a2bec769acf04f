// The kPatch² small matrix products of a block, a corner at a time that fits into registers.
#pragma once
#include "Shape.h"
#include "cells.h"

namespace iekd::winograd {

// One step of a product: kRows × kWide sums, each plus left[row] · right[column], or plus that of a pair of cells. `stride` is the
// distance of two rows of the left side.
template <int kRows, int kWide>
inline __attribute__((always_inline)) void addProducts(Lanes (&sum)[kRows][kWide], const float* left, int64_t stride,
                                                       const float* right) {
  Lanes w[kWide];
#pragma GCC unroll 4
  for (int k = 0; k < kWide; k++) w[k] = load(right + k * kLanes);
#pragma GCC unroll 24
  for (int r = 0; r < kRows; r++) {
    const float a = left[r * stride];
#pragma GCC unroll 4
    for (int k = 0; k < kWide; k++) sum[r][k] += a * w[k];
  }
}

#ifdef __AVX512BF16__
template <int kRows, int kWide>
inline __attribute__((always_inline)) void addProducts(Lanes (&sum)[kRows][kWide], const uint16_t* left, int64_t stride,
                                                       const uint16_t* right) {
  __m512bh w[kWide];
#pragma GCC unroll 4
  for (int k = 0; k < kWide; k++) w[k] = HalfCells::load(right + 2 * k * kLanes);
#pragma GCC unroll 24
  for (int r = 0; r < kRows; r++) {
    const __m512bh a = HalfCells::spread(left + r * stride);
#pragma GCC unroll 4
    for (int k = 0; k < kWide; k++) sum[r][k] = HalfCells::add(sum[r][k], a, w[k]);
  }
}
#endif

// m[kRows][kWide] = v[kRows][depth] · u[depth][kWide].
template <class Cells, int kRows, int kWide>
inline void innerProduct(const typename Cells::Cell* v, const typename Cells::Cell* u, float* m, int64_t depth, int64_t to) {
  Lanes sum[kRows][kWide] = {};
  for (int64_t c = 0; c < depth; c += Cells::kPair) addProducts(sum, v + c, depth, u + c * to);
#pragma GCC unroll 24
  for (int r = 0; r < kRows; r++)
#pragma GCC unroll 4
    for (int k = 0; k < kWide; k++) store(m + r * to + k * kLanes, sum[r][k]);
}

template <class F, class Cells, int kWide>
inline void innerProductsOf(const Shape& s, const typename Cells::Cell* v, const typename Cells::Cell* u, float* m, int64_t count) {
  constexpr int kRows = kAccumulators / kWide;
  static_assert(F::kTiles % kRows == 0, "a block of whole corners");
  for (int xi = 0; xi < F::kPatch * F::kPatch; xi++)
    for (int64_t k = 0; k < s.to; k += kWide * kLanes)
      for (int64_t t = 0; t < count; t += kRows)
        innerProduct<Cells, kRows, kWide>(v + xi * plane(F::kTiles, s.from) + t * s.from, u + xi * s.from * s.to + k * Cells::kPair,
                                   m + xi * plane(F::kTiles, s.to) + t * s.to + k, s.from, s.to);
}

// m[xi][tile][to] = v[xi][tile][from] · u[xi][from][to]; rows up to the next multiple of the corner are written too.
template <class F, class Cells>
inline void innerProducts(const Shape& s, const typename Cells::Cell* v, const typename Cells::Cell* u, float* m, int64_t count) {
  if (s.to % (2 * kLanes) == 0) innerProductsOf<F, Cells, 2>(s, v, u, m, count);
  else innerProductsOf<F, Cells, 1>(s, v, u, m, count);
}

// sum[kRows][kWide] += v[tiles][kRows]ᵀ · w[tiles][kWide].
template <class Cells, int kRows, int kWide>
inline void outerProduct(const typename Cells::Cell* v, const typename Cells::Cell* w, float* sum, int64_t tiles, int64_t from,
                         int64_t to) {
  Lanes s[kRows][kWide];
#pragma GCC unroll 24
  for (int r = 0; r < kRows; r++)
#pragma GCC unroll 4
    for (int k = 0; k < kWide; k++) s[r][k] = load(sum + r * to + k * kLanes);
  for (int64_t t = 0; t < tiles; t += Cells::kPair) addProducts(s, v + t * from, Cells::kPair, w + t * to);
#pragma GCC unroll 24
  for (int r = 0; r < kRows; r++)
#pragma GCC unroll 4
    for (int k = 0; k < kWide; k++) store(sum + r * to + k * kLanes, s[r][k]);
}

template <class F, class Cells, int kRows, int kWide>
inline void outerProductsOf(const Shape& s, const typename Cells::Cell* v, const typename Cells::Cell* w, float* sum, int64_t count) {
  constexpr int kPair = Cells::kPair;
  for (int xi = 0; xi < F::kPatch * F::kPatch; xi++)
    for (int64_t c = 0; c < s.from; c += kRows)
      for (int64_t k = 0; k < s.to; k += kWide * kLanes)
        outerProduct<Cells, kRows, kWide>(v + xi * plane(F::kTiles, s.from) + c * kPair, w + xi * plane(F::kTiles, s.to) + k * kPair,
                                          sum + (xi * s.from + c) * s.to + k, count, s.from, s.to);
}

// sum[xi][from][to] += v[xi][tile][from]ᵀ · w[xi][tile][to].
template <class F, class Cells>
inline void outerProducts(const Shape& s, const typename Cells::Cell* v, const typename Cells::Cell* w, float* sum, int64_t count) {
  if (s.to % (2 * kLanes) == 0) outerProductsOf<F, Cells, kLanes / 2, 2>(s, v, w, sum, count);
  else outerProductsOf<F, Cells, kLanes, 1>(s, v, w, sum, count);
}

}  // namespace iekd::winograd
