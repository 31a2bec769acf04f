// Between maps and blocks of transformed tiles, which are kPatch² matrices [tile][channel], a `plane` apart.
#pragma once
#include "Filtering.h"
#include "Shape.h"
#include "cells.h"

namespace iekd::winograd {

// u = the transform of the patch under a tile, channels [k, k + kLanes); zero beyond the map's edge. The patch of the next block is
// fetched into the second-level cache meanwhile.
template <class F, class Map>
inline void transformedPatch(const Shape& s, const Tile<F::kOut>& tile, const Map* x, int64_t k, Lanes (&u)[F::kPatch][F::kPatch]) {
  constexpr int kPatch = F::kPatch;
  const int64_t c = s.from, row = s.width * c, top = tile.y - s.padTop, left = tile.x - s.padLeft;
  const int64_t corner = (tile.image * s.height + top) * row + left * c + k;
  Lanes d[kPatch][kPatch];
  if (top >= 0 && left >= 0 && top + kPatch <= s.height && left + kPatch <= s.width) {
    const Map* p = x + corner;
    const Map* ahead = p + 2 * row + (2 + F::kOut * F::kTiles) * c;
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
        d[i][j] = there ? load(x + (corner + i * row + j * c)) : Lanes{};
      }
  }
  both(d, u, F::input);
}

// u = the transform of the output's gradient at a tile, likewise; zero beyond an odd edge.
template <class F, class Map>
inline void transformedGradient(const Shape& s, const Tile<F::kOut>& tile, const Map* dy, int64_t k,
                                Lanes (&u)[F::kPatch][F::kPatch]) {
  constexpr int kOut = F::kOut;
  const int64_t c = s.to, row = s.outWidth * c;
  const int rows = tile.rows(s), columns = tile.columns(s);
  const Map* p = dy + tile.pixel(s) * c + k;
  Lanes g[kOut][kOut];
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
}

// Rows [tile][channel] of `transform(tile, channel, u)` at tiles [first, first + count).
template <class F, class Cells, class Transform>
inline void gatherRows(const Shape& s, int64_t channels, int64_t first, int64_t count, typename Cells::Cell* out, Transform transform) {
  const int64_t step = plane(F::kTiles, channels);
  Tile<F::kOut> tile(s, first);
  for (int64_t t = 0; t < count; t++, tile.next(s))
    for (int64_t k = 0; k < channels; k += kLanes) {
      Lanes u[F::kPatch][F::kPatch];
      transform(tile, k, u);
#pragma GCC unroll 6
      for (int i = 0; i < F::kPatch; i++)
#pragma GCC unroll 6
        for (int j = 0; j < F::kPatch; j++) Cells::storeRow(out + (i * F::kPatch + j) * step + t * channels + k, u[i][j]);
    }
}

// As gatherRows where cells go alone; else pairs of tiles side by side, a last odd one beside zeros.
template <class F, class Cells, class Transform>
inline void gatherPairs(const Shape& s, int64_t channels, int64_t first, int64_t count, typename Cells::Cell* out, Transform transform) {
  if constexpr (Cells::kPair == 1) {
    gatherRows<F, Cells>(s, channels, first, count, out, transform);
  } else {
    const int64_t step = plane(F::kTiles, channels);
    Tile<F::kOut> tile(s, first);
    for (int64_t t = 0; t < count; t += 2) {
      Tile<F::kOut> other = tile;
      other.next(s);
      for (int64_t k = 0; k < channels; k += kLanes) {
        Lanes u[F::kPatch][F::kPatch], w[F::kPatch][F::kPatch] = {};
        transform(tile, k, u);
        if (t + 1 < count) transform(other, k, w);
#pragma GCC unroll 6
        for (int i = 0; i < F::kPatch; i++)
#pragma GCC unroll 6
          for (int j = 0; j < F::kPatch; j++)
            Cells::storePairs(out + (i * F::kPatch + j) * step + t * channels + 2 * k, u[i][j], w[i][j]);
      }
      tile = other;
      tile.next(s);
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
