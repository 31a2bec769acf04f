// Training-mode batch normalisation with residual and leaky rectifier, forward and backward, over rows of `channels` values.
// Forward reads x twice and writes y once; backward reads x and dy twice and writes dx (and the residual's gradient) once.
#include <cmath>

#include "../arguments.h"
#include "../registry.h"
#include "../threads.h"
#include "ChannelTile.h"

using namespace iekd;

namespace {

struct Moments {
  std::vector<double> mean, variance;
};

// Shifted by the first row, so that a large mean does not eat the variance's digits.
Moments moments(const float* x, int64_t rows, const ChannelTile& tile) {
  const std::vector<float> shift = tile.repeat(std::vector<float>(x, x + tile.channels));
  std::vector<ChannelSums> parts(threadCount(), ChannelSums(tile));
  parallelRanges(rows, rows * tile.channels, [&](int64_t first, int64_t last, int thread) {
    ChannelSums& sums = parts[thread];
    float *__restrict s = sums.s.data(), *__restrict q = sums.q.data();
    const float* k = shift.data();
    eachTile(tile, first, last, [&](int64_t at, int64_t count) {
      const float* p = x + at;
#pragma omp simd
      for (int64_t j = 0; j < count; j++) {
        const float v = p[j] - k[j];
        s[j] += v;
        q[j] += v * v;
      }
      sums.next();
    });
    sums.flush();
  });
  Moments m{std::vector<double>(tile.channels), std::vector<double>(tile.channels)};
  for (int64_t c = 0; c < tile.channels; c++) {
    double s = 0, q = 0;
    for (const ChannelSums& part : parts) {
      s += part.first()[c];
      q += part.second()[c];
    }
    const double shifted = s / rows;
    m.mean[c] = x[c] + shifted;
    m.variance[c] = std::max(0.0, q / rows - shifted * shifted);
  }
  return m;
}

inline float rectify(float v, float slope) { return v > 0 ? v : v * slope; }

// y = rectify(x * a + b + residual), coefficients repeated over the tile.
template <bool kResidual, bool kRectified>
void transform(const float* x, const float* residual, float* y, const float* a, const float* b, float slope, int64_t rows,
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

void transformAny(const float* x, const float* residual, float* y, const std::vector<float>& scale, const std::vector<float>& shift,
                  float slope, int64_t rows, const ChannelTile& tile) {
  const std::vector<float> a = tile.repeat(scale), b = tile.repeat(shift);
  const bool rectified = slope != 1.0f;
  const auto run = residual ? (rectified ? transform<true, true> : transform<true, false>)
                            : (rectified ? transform<false, true> : transform<false, false>);
  run(x, residual, y, a.data(), b.data(), slope, rows, tile);
}

}  // namespace

// rows, channels, epsilon, slope, x, gamma, beta, residual?, y, mean, variance
IEKD_KERNEL(BatchNorm) {
  const int64_t rows = in.dim(), channels = in.dim();
  const float epsilon = in.scalar(), slope = in.scalar();
  const float* x = in.floats(rows * channels);
  const float *gamma = in.floats(channels), *beta = in.floats(channels);
  const float* residual = in.floatsOrNull(rows * channels);
  float* y = in.floats(rows * channels);
  float *mean = in.floats(channels), *variance = in.floats(channels);
  const ChannelTile tile(channels);
  const Moments m = moments(x, rows, tile);
  std::vector<float> scale(channels), shift(channels);
  for (int64_t c = 0; c < channels; c++) {
    mean[c] = static_cast<float>(m.mean[c]);
    variance[c] = static_cast<float>(m.variance[c]);
    const double a = gamma[c] / std::sqrt(m.variance[c] + epsilon);
    scale[c] = static_cast<float>(a);
    shift[c] = static_cast<float>(beta[c] - m.mean[c] * a);
  }
  transformAny(x, residual, y, scale, shift, slope, rows, tile);
}

// rows, channels, epsilon, slope, x, gamma, beta, mean, variance, residual?, y
IEKD_KERNEL(BatchNormInfer) {
  const int64_t rows = in.dim(), channels = in.dim();
  const float epsilon = in.scalar(), slope = in.scalar();
  const float* x = in.floats(rows * channels);
  const float *gamma = in.floats(channels), *beta = in.floats(channels);
  const float *mean = in.floats(channels), *variance = in.floats(channels);
  const float* residual = in.floatsOrNull(rows * channels);
  float* y = in.floats(rows * channels);
  const ChannelTile tile(channels);
  std::vector<float> scale(channels), shift(channels);
  for (int64_t c = 0; c < channels; c++) {
    scale[c] = gamma[c] / std::sqrt(variance[c] + epsilon);
    shift[c] = beta[c] - mean[c] * scale[c];
  }
  transformAny(x, residual, y, scale, shift, slope, rows, tile);
}

namespace {

// Where the rectifier's derivative comes from: no rectifier, the sign of y recomputed from x, or the sign of the kept y.
enum class Mask { kNone, kFromX, kFromY };

struct Backward {
  const float *x, *dy, *y;
  float *dx, *dresidual;
  float slope;
  int64_t rows;
};

// First pass: g = dy through the rectifier (kept in dresidual where there is one), and the sums of g and g · (x − mean).
template <Mask kMask, bool kKeep>
void gradientSums(const Backward& w, const float* a, const float* b, const float* mean, const ChannelTile& tile,
                  std::vector<ChannelSums>& parts) {
  parallelRanges(w.rows, w.rows * tile.channels, [&](int64_t first, int64_t last, int thread) {
    ChannelSums& sums = parts[thread];
    float *__restrict s = sums.s.data(), *__restrict q = sums.q.data();
    const float slope = w.slope;
    eachTile(tile, first, last, [&](int64_t at, int64_t count) {
      const float *x = w.x + at, *dy = w.dy + at, *y = kMask == Mask::kFromY ? w.y + at : nullptr;
      float* kept = kKeep ? w.dresidual + at : nullptr;
#pragma omp simd
      for (int64_t j = 0; j < count; j++) {
        float g = dy[j];
        if (kMask == Mask::kFromX) g *= x[j] * a[j] + b[j] > 0 ? 1.0f : slope;
        if (kMask == Mask::kFromY) g *= y[j] > 0 ? 1.0f : slope;
        if (kKeep) kept[j] = g;
        s[j] += g;
        q[j] += g * (x[j] - mean[j]);
      }
      sums.next();
    });
    sums.flush();
  });
}

// Second pass: dx = k1 · g + k2 · x + k3 a channel.
template <Mask kMask, bool kKept>
void inputGradient(const Backward& w, const float* a, const float* b, const float* k1, const float* k2, const float* k3,
                   const ChannelTile& tile) {
  parallelRanges(w.rows, w.rows * tile.channels, [&](int64_t first, int64_t last, int) {
    const float slope = w.slope;
    eachTile(tile, first, last, [&](int64_t at, int64_t count) {
      const float *x = w.x + at, *gradient = (kKept ? w.dresidual : w.dy) + at;
      float* dx = w.dx + at;
#pragma omp simd
      for (int64_t j = 0; j < count; j++) {
        float g = gradient[j];
        if (!kKept && kMask == Mask::kFromX) g *= x[j] * a[j] + b[j] > 0 ? 1.0f : slope;
        dx[j] = k1[j] * g + k2[j] * x[j] + k3[j];
      }
    });
  });
}

}  // namespace

// rows, channels, epsilon, slope, x, dy, y?, gamma, beta, mean, variance, dx, dgamma, dbeta, dresidual?
// y is given exactly when there is a residual under a rectifier; dresidual likewise (without a rectifier it is dy itself).
IEKD_KERNEL(BatchNormGrad) {
  const int64_t rows = in.dim(), channels = in.dim();
  const float epsilon = in.scalar(), slope = in.scalar();
  const float *x = in.floats(rows * channels), *dy = in.floats(rows * channels), *y = in.floatsOrNull(rows * channels);
  const float *gamma = in.floats(channels), *beta = in.floats(channels);
  const float *mean = in.floats(channels), *variance = in.floats(channels);
  float *dx = in.floats(rows * channels), *dgamma = in.floats(channels), *dbeta = in.floats(channels);
  float* dresidual = in.floatsOrNull(rows * channels);
  if ((y == nullptr) != (dresidual == nullptr)) in.fail("y and dresidual together");
  const ChannelTile tile(channels);
  std::vector<float> inverse(channels), scale(channels), shift(channels);
  for (int64_t c = 0; c < channels; c++) {
    const double i = 1.0 / std::sqrt(static_cast<double>(variance[c]) + epsilon);
    inverse[c] = static_cast<float>(i);
    scale[c] = static_cast<float>(gamma[c] * i);
    shift[c] = static_cast<float>(beta[c] - static_cast<double>(mean[c]) * gamma[c] * i);
  }
  const std::vector<float> a = tile.repeat(scale), b = tile.repeat(shift);
  const std::vector<float> mu = tile.repeat(std::vector<float>(mean, mean + channels));
  const Backward work{x, dy, y, dx, dresidual, slope, rows};
  std::vector<ChannelSums> parts(threadCount(), ChannelSums(tile));
  const bool rectified = slope != 1.0f;
  const auto sums = y ? gradientSums<Mask::kFromY, true>
                      : rectified ? gradientSums<Mask::kFromX, false> : gradientSums<Mask::kNone, false>;
  sums(work, a.data(), b.data(), mu.data(), tile, parts);
  std::vector<float> k2(channels), k3(channels);
  for (int64_t c = 0; c < channels; c++) {
    double s = 0, q = 0;
    for (const ChannelSums& part : parts) {
      s += part.first()[c];
      q += part.second()[c];
    }
    dbeta[c] = static_cast<float>(s);
    dgamma[c] = static_cast<float>(q * inverse[c]);
    const double second = -static_cast<double>(scale[c]) * q * inverse[c] * inverse[c] / rows;
    k2[c] = static_cast<float>(second);
    k3[c] = static_cast<float>(-scale[c] * s / rows - second * mean[c]);
  }
  const std::vector<float> t2 = tile.repeat(k2), t3 = tile.repeat(k3);
  const auto input = y ? inputGradient<Mask::kFromY, true>
                       : rectified ? inputGradient<Mask::kFromX, false> : inputGradient<Mask::kNone, false>;
  input(work, a.data(), b.data(), a.data(), t2.data(), t3.data(), tile);
}
