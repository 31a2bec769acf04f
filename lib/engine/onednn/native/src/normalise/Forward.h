// y = act(x · scale + shift + residual), act(v) = min(rectify(v), ceiling): what follows a convolution in one pass.
#pragma once
#include "../precision.h"
#include "../threads.h"
#include "ChannelTile.h"
#include "Activation.h"
#include "Moments.h"

namespace iekd {

// Coefficients repeated over the tile.
template <class Map, bool kResidual, End kEnd>
inline void transform(const Map* x, const Map* residual, Map* y, const float* a, const float* b, Activation act, int64_t rows,
                      const ChannelTile& tile) {
  parallelPieces(rows, rows * tile.channels, [&](int64_t first, int64_t last) {
    eachTile(tile, first, last, [&](int64_t at, int64_t count) {
      eachLanes(count, [&](int64_t j, int n) __attribute__((always_inline)) {
        Lanes v = load(x + at + j, n) * load(a + j, n) + load(b + j, n);
        if (kResidual) v += load(residual + at + j, n);
        store(y + at + j, activate<kEnd>(v, act), n);
      });
    });
  });
}

// residual may be null, y may be x.
template <class Map>
inline void normalise(const Map* x, const Map* residual, Map* y, const Affine& affine, Activation act, int64_t rows,
                      const ChannelTile& tile) {
  const std::vector<float> a = tile.repeat(affine.scale), b = tile.repeat(affine.shift);
  withEnd(act, [&](auto end) {
    const auto run = residual ? transform<Map, true, end.value> : transform<Map, false, end.value>;
    run(x, residual, y, a.data(), b.data(), act, rows, tile);
  });
}

}  // namespace iekd
