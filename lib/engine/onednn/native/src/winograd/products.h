// The kPatch² small matrix products of a block, a corner at a time that fits into registers.
#pragma once
#include "Shape.h"

namespace iekd::winograd {

// m[kRows][kWide] = v[kRows][depth] · u[depth][kWide].
template <int kRows, int kWide>
inline void innerProduct(const float* v, const float* u, float* m, int64_t depth, int64_t to) {
  Lanes sum[kRows][kWide] = {};
  for (int64_t c = 0; c < depth; c++) {
    Lanes w[kWide];
#pragma GCC unroll 4
    for (int k = 0; k < kWide; k++) w[k] = load(u + c * to + k * kLanes);
#pragma GCC unroll 24
    for (int r = 0; r < kRows; r++) {
      const float a = v[r * depth + c];
#pragma GCC unroll 4
      for (int k = 0; k < kWide; k++) sum[r][k] += a * w[k];
    }
  }
#pragma GCC unroll 24
  for (int r = 0; r < kRows; r++)
#pragma GCC unroll 4
    for (int k = 0; k < kWide; k++) store(m + r * to + k * kLanes, sum[r][k]);
}

template <class F, int kWide>
inline void innerProductsOf(const Shape& s, const float* v, const float* u, float* m, int64_t count) {
  constexpr int kRows = kAccumulators / kWide;
  for (int xi = 0; xi < F::kPatch * F::kPatch; xi++)
    for (int64_t k = 0; k < s.to; k += kWide * kLanes)
      for (int64_t t = 0; t < count; t += kRows)
        innerProduct<kRows, kWide>(v + xi * plane(F::kTiles, s.from) + t * s.from, u + xi * s.from * s.to + k,
                                   m + xi * plane(F::kTiles, s.to) + t * s.to + k, s.from, s.to);
}

// m[xi][tile][to] = v[xi][tile][from] · u[xi][from][to]; rows up to the next multiple of the corner are written too.
template <class F>
inline void innerProducts(const Shape& s, const float* v, const float* u, float* m, int64_t count) {
  if (s.to % (2 * kLanes) == 0) innerProductsOf<F, 2>(s, v, u, m, count);
  else innerProductsOf<F, 1>(s, v, u, m, count);
}

// sum[kRows][kWide] += v[tiles][kRows]ᵀ · w[tiles][kWide].
template <int kRows, int kWide>
inline void outerProduct(const float* v, const float* w, float* sum, int64_t tiles, int64_t from, int64_t to) {
  Lanes s[kRows][kWide];
#pragma GCC unroll 24
  for (int r = 0; r < kRows; r++)
#pragma GCC unroll 4
    for (int k = 0; k < kWide; k++) s[r][k] = load(sum + r * to + k * kLanes);
  for (int64_t t = 0; t < tiles; t++) {
    Lanes g[kWide];
#pragma GCC unroll 4
    for (int k = 0; k < kWide; k++) g[k] = load(w + t * to + k * kLanes);
#pragma GCC unroll 24
    for (int r = 0; r < kRows; r++) {
      const float a = v[t * from + r];
#pragma GCC unroll 4
      for (int k = 0; k < kWide; k++) s[r][k] += a * g[k];
    }
  }
#pragma GCC unroll 24
  for (int r = 0; r < kRows; r++)
#pragma GCC unroll 4
    for (int k = 0; k < kWide; k++) store(sum + r * to + k * kLanes, s[r][k]);
}

template <class F, int kRows, int kWide>
inline void outerProductsOf(const Shape& s, const float* v, const float* w, float* sum, int64_t count) {
  for (int xi = 0; xi < F::kPatch * F::kPatch; xi++)
    for (int64_t c = 0; c < s.from; c += kRows)
      for (int64_t k = 0; k < s.to; k += kWide * kLanes)
        outerProduct<kRows, kWide>(v + xi * plane(F::kTiles, s.from) + c, w + xi * plane(F::kTiles, s.to) + k, sum + (xi * s.from + c) * s.to + k, count,
                                   s.from, s.to);
}

// sum[xi][from][to] += v[xi][tile][from]ᵀ · w[xi][tile][to].
template <class F>
inline void outerProducts(const Shape& s, const float* v, const float* w, float* sum, int64_t count) {
  if (s.to % (2 * kLanes) == 0) outerProductsOf<F, kLanes / 2, 2>(s, v, w, sum, count);
  else outerProductsOf<F, kLanes, 1>(s, v, w, sum, count);
}

}  // namespace iekd::winograd
