// Between maps and blocks of transformed tiles, which are kPatch² matrices [tile][channel], a `plane` apart.
#pragma once
#include "Filtering.h"
#include "Shape.h"
#include "cells.h"

namespace iekd::winograd {

// The transforms of the patches under the tiles of one row, from left to right, channels [k, k + kLanes); zero beyond the map's edge.
// Neighbouring patches share kPatch − kOut columns, which are loaded and transformed downwards only once.
template <class F, class Map>
class Patches {
 public:
  static constexpr int kPatch = F::kPatch, kShared = F::kPatch - F::kOut;

  Patches(const Shape& s, const Map* x) : s_(s), x_(x) {}

  void start(const Tile<F::kOut>& tile, int64_t k) {
    top_ = tile.y - s_.padTop;
    left_ = tile.x - s_.padLeft;
    inside_ = top_ >= 0 && top_ + kPatch <= s_.height;
    corner_ = x_ + ((tile.image * s_.height + top_) * s_.width + left_) * s_.from + k;
#pragma GCC unroll 6
    for (int j = 0; j < kShared; j++) column(j, down_[j + F::kOut]);
  }

  // u = the transform of the next patch.
  void next(Lanes (&u)[kPatch][kPatch]) {
#pragma GCC unroll 6
    for (int j = 0; j < kShared; j++)
#pragma GCC unroll 6
      for (int i = 0; i < kPatch; i++) down_[j][i] = down_[j + F::kOut][i];
#pragma GCC unroll 6
    for (int j = kShared; j < kPatch; j++) column(j, down_[j]);
#pragma GCC unroll 6
    for (int i = 0; i < kPatch; i++) {
      Lanes row[kPatch];
#pragma GCC unroll 6
      for (int j = 0; j < kPatch; j++) row[j] = down_[j][i];
      F::input(row, u[i]);
    }
    left_ += F::kOut;
    corner_ += F::kOut * s_.from;
  }

 private:
  // The transform of column j of the patch.
  void column(int j, Lanes (&out)[kPatch]) const {
    const int64_t row = s_.width * s_.from;
    const Map* p = corner_ + j * s_.from;
    Lanes d[kPatch];
    if (left_ + j < 0 || left_ + j >= s_.width) {
#pragma GCC unroll 6
      for (int i = 0; i < kPatch; i++) out[i] = Lanes{};
      return;
    }
    if (inside_) {
#pragma GCC unroll 6
      for (int i = 0; i < kPatch; i++) d[i] = load(p + i * row);
    } else {
#pragma GCC unroll 6
      for (int i = 0; i < kPatch; i++) d[i] = top_ + i >= 0 && top_ + i < s_.height ? load(p + i * row) : Lanes{};
    }
    F::input(d, out);
  }

  const Shape& s_;
  const Map* x_;
  const Map* corner_ = nullptr;
  int64_t top_ = 0, left_ = 0;
  bool inside_ = false;
  Lanes down_[kPatch][kPatch];  // [column][row]
};

// The transforms of the output's gradient at the tiles of one row, likewise; zero beyond an odd edge.
template <class F, class Map>
class Gradients {
 public:
  Gradients(const Shape& s, const Map* dy) : s_(s), dy_(dy), tile_(s, 0) {}

  void start(const Tile<F::kOut>& tile, int64_t k) {
    tile_ = tile;
    k_ = k;
  }

  void next(Lanes (&u)[F::kPatch][F::kPatch]) {
    constexpr int kOut = F::kOut;
    const int64_t c = s_.to, row = s_.outWidth * c;
    const int rows = tile_.rows(s_), columns = tile_.columns(s_);
    const Map* p = dy_ + tile_.pixel(s_) * c + k_;
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
    tile_.x += kOut;
  }

 private:
  const Shape& s_;
  const Map* dy_;
  Tile<F::kOut> tile_;
  int64_t k_ = 0;
};

// Calls body(t, tile, n) for runs of n tiles, from number t on, that stand in one row of an image.
template <class F, class Body>
inline void eachRun(const Shape& s, int64_t first, int64_t count, Body body) {
  Tile<F::kOut> tile(s, first);
  for (int64_t t = 0; t < count;) {
    const int64_t left = (s.outWidth - tile.x + F::kOut - 1) / F::kOut, n = std::min(left, count - t);
    body(t, tile, n);
    t += n;
    if (n < left) break;
    tile.x = s.outWidth - 1;  // the row's end
    tile.next(s);
  }
}

// Where the transforms of a block stand: kPatch² matrices [tile][channel], a `plane` apart; in slices of `width` channels, one behind
// the other, each with such matrices of its own.
struct Place {
  int64_t tiles, channels, width;

  // All channels in one slice.
  static Place rows(int64_t tiles, int64_t channels) { return {tiles, channels, channels}; }

  int64_t step() const { return plane(tiles, width); }
  // Of the slice that begins with channel k.
  int64_t slice(int64_t k, int64_t planes) const { return k / width * planes * step(); }
  int64_t size(int64_t planes) const { return slice(channels, planes); }
};

// Rows [tile][channel] of what `walk` transforms at tiles [first, first + count).
template <class F, class Cells, class Walk>
inline void gatherRows(const Shape& s, const Place& place, int64_t first, int64_t count, typename Cells::Cell* out, Walk walk) {
  const int64_t step = place.step();
  eachRun<F>(s, first, count, [&](int64_t t, const Tile<F::kOut>& tile, int64_t n) {
    for (int64_t k = 0; k < place.channels; k += kLanes) {
      walk.start(tile, k);
      typename Cells::Cell* to = out + place.slice(k, F::kPatch * F::kPatch) + t * place.width + k % place.width;
      for (int64_t at = t; at < t + n; at++, to += place.width) {
        Lanes u[F::kPatch][F::kPatch];
        walk.next(u);
#pragma GCC unroll 6
        for (int i = 0; i < F::kPatch; i++)
#pragma GCC unroll 6
          for (int j = 0; j < F::kPatch; j++) Cells::storeRow(to + (i * F::kPatch + j) * step, u[i][j]);
      }
    }
  });
}

// As gatherRows where cells go alone; else pairs of tiles side by side, [tile / 2][channel][2], a last odd one beside zeros.
template <class F, class Cells, class Walk>
inline void gatherPairs(const Shape& s, const Place& place, int64_t first, int64_t count, typename Cells::Cell* out, Walk walk) {
  if constexpr (Cells::kPair == 1) {
    gatherRows<F, Cells>(s, place, first, count, out, walk);
  } else {
    const int64_t step = place.step();
    eachRun<F>(s, first, count, [&](int64_t t, const Tile<F::kOut>& tile, int64_t n) {
      for (int64_t k = 0; k < place.channels; k += kLanes) {
        walk.start(tile, k);
        typename Cells::Cell* slice = out + place.slice(k, F::kPatch * F::kPatch) + k % place.width * 2;
        for (int64_t at = t; at < t + n; at++) {
          Lanes u[F::kPatch][F::kPatch];
          walk.next(u);
          typename Cells::Cell* to = slice + at / 2 * 2 * place.width;
#pragma GCC unroll 6
          for (int i = 0; i < F::kPatch; i++)
#pragma GCC unroll 6
            for (int j = 0; j < F::kPatch; j++) Cells::storeOne(to + (i * F::kPatch + j) * step, u[i][j], at % 2);
        }
      }
    });
  }
}

// The outputs of tiles [first, first + count) from their products, each handed to `emit(pixel, channel, values, rows, columns)`.
template <class F, class Emit>
inline void scatterOutput(const Shape& s, const Place& place, const float* m, int64_t first, int64_t count, Emit& emit) {
  constexpr int kPatch = F::kPatch, kOut = F::kOut;
  const int64_t step = place.step();
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
