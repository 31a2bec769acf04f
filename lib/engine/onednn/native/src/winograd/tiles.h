// Between maps and blocks of transformed tiles, which are 16 matrices [tile][channel], `plane(channels)` apart.
#pragma once
#include <algorithm>

#include "Shape.h"
#include "transforms.h"

namespace iekd::winograd {

inline void storePlanes(float* out, int64_t step, const Lanes (&v)[4][4]) {
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++)
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) store(out + (i * 4 + j) * step, v[i][j]);
}

// v = the transforms of the 4×4 patches under tiles [first, first + count); zero beyond the map's edge. The patches of the next
// block are fetched into the second-level cache meanwhile.
inline void gatherInput(const Shape& s, const float* x, int64_t first, int64_t count, float* v) {
  const int64_t c = s.from, row = s.width * c;
  Tile tile(s, first);
  for (int64_t t = 0; t < count; t++, tile.next(s)) {
    const int64_t top = tile.y - s.padTop, left = tile.x - s.padLeft;
    const bool inside = top >= 0 && left >= 0 && top + 4 <= s.height && left + 4 <= s.width;
    const int64_t corner = (tile.image * s.height + top) * row + left * c;
    for (int64_t k = 0; k < c; k += kLanes) {
      Lanes d[4][4], u[4][4];
      const float* p = x + corner + k;
      if (inside) {
        const float* ahead = p + 2 * row + (2 + 2 * kTiles) * c;
        for (int i = 0; i < 2; i++)
          for (int j = 0; j < 2; j++) __builtin_prefetch(ahead + i * row + j * c, 0, 2);
#pragma GCC unroll 4
        for (int i = 0; i < 4; i++)
#pragma GCC unroll 4
          for (int j = 0; j < 4; j++) d[i][j] = load(p + i * row + j * c);
      } else {
#pragma GCC unroll 4
        for (int i = 0; i < 4; i++)
#pragma GCC unroll 4
          for (int j = 0; j < 4; j++) {
            const bool there = top + i >= 0 && top + i < s.height && left + j >= 0 && left + j < s.width;
            d[i][j] = there ? load(p + i * row + j * c) : Lanes{};
          }
      }
      transformInput(d, u);
      storePlanes(v + t * c + k, plane(c), u);
    }
  }
}

// w = the transforms of the output's gradient at tiles [first, first + count); zero beyond an odd edge.
inline void gatherOutputGradient(const Shape& s, const float* dy, int64_t first, int64_t count, float* w) {
  const int64_t c = s.to, row = s.outWidth * c;
  Tile tile(s, first);
  for (int64_t t = 0; t < count; t++, tile.next(s)) {
    const bool down = tile.y + 2 <= s.outHeight, across = tile.x + 2 <= s.outWidth;
    for (int64_t k = 0; k < c; k += kLanes) {
      const float* p = dy + tile.pixel(s) * c + k;
      const Lanes g[2][2] = {{load(p), across ? load(p + c) : Lanes{}},
                             {down ? load(p + row) : Lanes{}, down && across ? load(p + row + c) : Lanes{}}};
      Lanes u[4][4];
      transformOutputGradient(g, u);
      storePlanes(w + t * c + k, plane(c), u);
    }
  }
}

// The outputs of tiles [first, first + count) from their products, each handed to `emit(pixel, channel, 2×2 values, rows, columns)`;
// rows or columns are 1 at an odd edge.
template <class Emit>
inline void scatterOutput(const Shape& s, const float* m, int64_t first, int64_t count, Emit& emit) {
  const int64_t step = plane(s.to);
  Tile tile(s, first);
  for (int64_t t = 0; t < count; t++, tile.next(s)) {
    const int64_t pixel = tile.pixel(s);
    const bool whole = tile.whole(s);
    for (int64_t k = 0; k < s.to; k += kLanes) {
      const float* p = m + t * s.to + k;
      Lanes d[4][4], y[2][2];
#pragma GCC unroll 4
      for (int i = 0; i < 4; i++)
#pragma GCC unroll 4
        for (int j = 0; j < 4; j++) d[i][j] = load(p + (i * 4 + j) * step);
      transformOutput(d, y);
      if (whole) {
        emit(pixel, k, y, 2, 2);
      } else {
        emit(pixel, k, y, tile.y + 2 <= s.outHeight ? 2 : 1, tile.x + 2 <= s.outWidth ? 2 : 1);
      }
    }
  }
}

}  // namespace iekd::winograd
