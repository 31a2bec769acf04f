// Between maps and blocks of transformed tiles, which are kPatch² matrices [tile][channel], a `plane` apart.
#pragma once
#include "Filtering.h"
#include "Shape.h"

namespace iekd::winograd {

template <int kPatch>
inline void storePlanes(float* out, int64_t step, const Lanes (&v)[kPatch][kPatch]) {
#pragma GCC unroll 6
  for (int i = 0; i < kPatch; i++)
#pragma GCC unroll 6
    for (int j = 0; j < kPatch; j++) store(out + (i * kPatch + j) * step, v[i][j]);
}

// v = the transforms of the patches under tiles [first, first + count); zero beyond the map's edge. The patches of the next block
// are fetched into the second-level cache meanwhile.
template <class F>
inline void gatherInput(const Shape& s, const float* x, int64_t first, int64_t count, float* v) {
  constexpr int kPatch = F::kPatch;
  const int64_t c = s.from, row = s.width * c, step = plane(F::kTiles, c);
  Tile<F::kOut> tile(s, first);
  for (int64_t t = 0; t < count; t++, tile.next(s)) {
    const int64_t top = tile.y - s.padTop, left = tile.x - s.padLeft;
    const bool inside = top >= 0 && left >= 0 && top + kPatch <= s.height && left + kPatch <= s.width;
    const int64_t corner = (tile.image * s.height + top) * row + left * c;
    for (int64_t k = 0; k < c; k += kLanes) {
      Lanes d[kPatch][kPatch], u[kPatch][kPatch];
      const float* p = x + corner + k;
      if (inside) {
        const float* ahead = p + 2 * row + (2 + F::kOut * F::kTiles) * c;
        for (int i = 0; i < F::kOut; i++)
          for (int j = 0; j < F::kOut; j++) __builtin_prefetch(ahead + i * row + j * c, 0, 2);
#pragma GCC unroll 6
        for (int i = 0; i < kPatch; i++)
#pragma GCC unroll 6
          for (int j = 0; j < kPatch; j++) d[i][j] = load(p + i * row + j * c);
      } else {
        for (int i = 0; i < kPatch; i++)
          for (int j = 0; j < kPatch; j++) {
            const bool there = top + i >= 0 && top + i < s.height && left + j >= 0 && left + j < s.width;
            d[i][j] = there ? load(p + i * row + j * c) : Lanes{};
          }
      }
      both(d, u, F::input);
      storePlanes(v + t * c + k, step, u);
    }
  }
}

// w = the transforms of the output's gradient at tiles [first, first + count); zero beyond an odd edge.
template <class F>
inline void gatherOutputGradient(const Shape& s, const float* dy, int64_t first, int64_t count, float* w) {
  constexpr int kOut = F::kOut;
  const int64_t c = s.to, row = s.outWidth * c, step = plane(F::kTiles, c);
  Tile<kOut> tile(s, first);
  for (int64_t t = 0; t < count; t++, tile.next(s)) {
    const int rows = tile.rows(s), columns = tile.columns(s);
    for (int64_t k = 0; k < c; k += kLanes) {
      const float* p = dy + tile.pixel(s) * c + k;
      Lanes g[kOut][kOut], u[F::kPatch][F::kPatch];
      if (rows == kOut && columns == kOut) {
#pragma GCC unroll 4
        for (int i = 0; i < kOut; i++)
#pragma GCC unroll 4
          for (int j = 0; j < kOut; j++) g[i][j] = load(p + i * row + j * c);
      } else {
        for (int i = 0; i < kOut; i++)
          for (int j = 0; j < kOut; j++) g[i][j] = i < rows && j < columns ? load(p + i * row + j * c) : Lanes{};
      }
      both(g, u, F::outputGradient);
      storePlanes(w + t * c + k, step, u);
    }
  }
}

// The outputs of tiles [first, first + count) from their products, each handed to `emit(pixel, channel, values, rows, columns)`.
template <class F, class Emit>
inline void scatterOutput(const Shape& s, const float* m, int64_t first, int64_t count, Emit& emit) {
  constexpr int kPatch = F::kPatch, kOut = F::kOut;
  const int64_t step = plane(F::kTiles, s.to);
  Tile<kOut> tile(s, first);
  for (int64_t t = 0; t < count; t++, tile.next(s)) {
    const int64_t pixel = tile.pixel(s);
    const int rows = tile.rows(s), columns = tile.columns(s);
    for (int64_t k = 0; k < s.to; k += kLanes) {
      const float* p = m + t * s.to + k;
      Lanes d[kPatch][kPatch], y[kOut][kOut];
#pragma GCC unroll 6
      for (int i = 0; i < kPatch; i++)
#pragma GCC unroll 6
        for (int j = 0; j < kPatch; j++) d[i][j] = load(p + (i * kPatch + j) * step);
      both(d, y, F::output);
      if (rows == kOut && columns == kOut) emit(pixel, k, y, kOut, kOut);
      else emit(pixel, k, y, rows, columns);
    }
  }
}

}  // namespace iekd::winograd
