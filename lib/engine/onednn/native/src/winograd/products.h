// The kPatch² small matrix products of a block, a corner at a time that fits into registers.
#pragma once
#include "Shape.h"
#include "cells.h"
#include "tiles.h"

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

// Output channels of a panel of the filter (filterPlanes.h): two registers where they come out even.
inline int64_t panelWidth(int64_t to) { return to % (2 * kLanes) == 0 ? 2 * kLanes : kLanes; }

// m[kRows][kWide] = v[kRows][depth] · u[depth][kWide], the latter a panel.
template <class Cells, int kRows, int kWide>
inline void innerProduct(const typename Cells::Cell* v, const typename Cells::Cell* u, float* m, int64_t depth, int64_t to) {
  Lanes sum[kRows][kWide] = {};
  for (int64_t c = 0; c < depth; c += Cells::kPair) addProducts(sum, v + c, depth, u + c * kWide * kLanes);
#pragma GCC unroll 24
  for (int r = 0; r < kRows; r++)
#pragma GCC unroll 4
    for (int k = 0; k < kWide; k++) store(m + r * to + k * kLanes, sum[r][k]);
}

template <class F, class Cells, int kWide>
inline void innerProductsOf(const Place& from, const Place& to, const typename Cells::Cell* v, const typename Cells::Cell* u, float* m,
                            int64_t count) {
  constexpr int kRows = kAccumulators / kWide;
  static_assert(F::kTiles % kRows == 0, "a block of whole corners");
  for (int xi = 0; xi < F::kPatch * F::kPatch; xi++)
    for (int64_t k = 0; k < to.channels; k += kWide * kLanes)
      for (int64_t t = 0; t < count; t += kRows)
        innerProduct<Cells, kRows, kWide>(v + xi * from.step() + t * from.channels, u + (xi * to.channels + k) * from.channels,
                                   m + xi * to.step() + t * to.channels + k, from.channels, to.channels);
}

// m[xi][tile][to] = v[xi][tile][from] · u[xi][from][to]; rows up to the next multiple of the corner are written too.
template <class F, class Cells>
inline void innerProducts(const Place& from, const Place& to, const typename Cells::Cell* v, const typename Cells::Cell* u, float* m,
                          int64_t count) {
  if (panelWidth(to.channels) == 2 * kLanes) innerProductsOf<F, Cells, 2>(from, to, v, u, m, count);
  else innerProductsOf<F, Cells, 1>(from, to, v, u, m, count);
}

// sum[kRows][kWide] += v[tiles][kRows]ᵀ · w[tiles][kWide], rows of either side as far apart as its `Place` has them.
template <class Cells, int kRows, int kWide>
inline __attribute__((always_inline)) void addOuter(Lanes (&sum)[kRows][kWide], const typename Cells::Cell* v, int64_t vRow,
                                                    const typename Cells::Cell* w, int64_t wRow, int64_t tiles) {
  for (int64_t t = 0; t < tiles; t += Cells::kPair) addProducts(sum, v + t * vRow, Cells::kPair, w + t * wRow);
}

template <class F, class Cells, int kRows, int kWide>
inline void outerProductsOf(const Place& from, const Place& to, const typename Cells::Cell* v, const typename Cells::Cell* w, float* sums,
                            int64_t count) {
  constexpr int kPair = Cells::kPair;
  for (int xi = 0; xi < F::kPatch * F::kPatch; xi++)
    for (int64_t c = 0; c < from.channels; c += kRows)
      for (int64_t k = 0; k < to.channels; k += kWide * kLanes) {
        float* corner = sums + (xi * from.channels + c) * to.channels + k;
        Lanes sum[kRows][kWide];
#pragma GCC unroll 24
        for (int r = 0; r < kRows; r++)
#pragma GCC unroll 4
          for (int i = 0; i < kWide; i++) sum[r][i] = load(corner + r * to.channels + i * kLanes);
        addOuter<Cells>(sum, v + xi * from.step() + c * kPair, from.width, w + xi * to.step() + k * kPair, to.width, count);
#pragma GCC unroll 24
        for (int r = 0; r < kRows; r++)
#pragma GCC unroll 4
          for (int i = 0; i < kWide; i++) store(corner + r * to.channels + i * kLanes, sum[r][i]);
      }
}

// sum[xi][from][to] += v[xi][tile][from]ᵀ · w[xi][tile][to].
template <class F, class Cells>
inline void outerProducts(const Place& from, const Place& to, const typename Cells::Cell* v, const typename Cells::Cell* w, float* sum,
                          int64_t count) {
  if (to.channels % (2 * kLanes) == 0) outerProductsOf<F, Cells, kLanes / 2, 2>(from, to, v, w, sum, count);
  else outerProductsOf<F, Cells, kLanes, 1>(from, to, v, w, sum, count);
}

}  // namespace iekd::winograd
