// y = rectify(x · scale + shift + residual): what follows a convolution in a residual network, in one pass.
#pragma once
#include "../threads.h"
#include "ChannelTile.h"
#include "Moments.h"

namespace iekd {

inline float rectify(float v, float slope) { return v > 0 ? v : v * slope; }

// y = rectify(x * a + b + residual), coefficients repeated over the tile.
template <bool kResidual, bool kRectified>
inline void transform(const float* x, const float* residual, float* y, const float* a, const float* b, float slope, int64_t rows,
               const ChannelTile& tile) {
  parallelRanges(rows, rows * tile.channels, [&](int64_t first, int64_t last, int) {
    eachTile(tile, first, last, [&](int64_t at, int64_t count) {
      const float *p = x + at, *r = kResidual ? residual + at : nullptr;
      float* out = y + at;
#pragma omp simd
      for (int64_t j = 0; j < count; j++) {
        float v = p[j] * a[j] + b[j];
        if (kResidual) v += r[j];
        out[j] = kRectified ? rectify(v, slope) : v;
      }
    });
  });
}

// y = rectify(x · scale + shift + residual); residual may be null, y may be x.
inline void normalise(const float* x, const float* residual, float* y, const Affine& affine, float slope, int64_t rows,
                      const ChannelTile& tile) {
  const std::vector<float> a = tile.repeat(affine.scale), b = tile.repeat(affine.shift);
  const bool rectified = slope != 1.0f;
  const auto run = residual ? (rectified ? transform<true, true> : transform<true, false>)
                            : (rectified ? transform<false, true> : transform<false, false>);
  run(x, residual, y, a.data(), b.data(), slope, rows, tile);
}

}  // namespace iekd
