// y = rectify(x · scale + shift + residual): what follows a convolution in a residual network, in one pass.
#pragma once
#include "../precision.h"
#include "../threads.h"
#include "ChannelTile.h"
#include "Moments.h"

namespace iekd {

// Coefficients repeated over the tile.
template <class Map, bool kResidual, bool kRectified>
inline void transform(const Map* x, const Map* residual, Map* y, const float* a, const float* b, float slope, int64_t rows,
                      const ChannelTile& tile) {
  parallelRanges(rows, rows * tile.channels, [&](int64_t first, int64_t last, int) {
    eachTile(tile, first, last, [&](int64_t at, int64_t count) {
      eachLanes(count, [&](int64_t j, int n) __attribute__((always_inline)) {
        Lanes v = load(x + at + j, n) * load(a + j, n) + load(b + j, n);
        if (kResidual) v += load(residual + at + j, n);
        store(y + at + j, kRectified ? rectify(v, slope) : v, n);
      });
    });
  });
}

// y = rectify(x · scale + shift + residual); residual may be null, y may be x.
template <class Map>
inline void normalise(const Map* x, const Map* residual, Map* y, const Affine& affine, float slope, int64_t rows,
                      const ChannelTile& tile) {
  const std::vector<float> a = tile.repeat(affine.scale), b = tile.repeat(affine.shift);
  const bool rectified = slope != 1.0f;
  const auto run = residual ? (rectified ? transform<Map, true, true> : transform<Map, true, false>)
                            : (rectified ? transform<Map, false, true> : transform<Map, false, false>);
  run(x, residual, y, a.data(), b.data(), slope, rows, tile);
}

}  // namespace iekd
