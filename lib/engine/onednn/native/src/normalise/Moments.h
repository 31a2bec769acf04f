// Mean and biased variance of each channel.
#pragma once
#include <cmath>

#include "../precision.h"
#include "../threads.h"
#include "ChannelTile.h"

namespace iekd {

struct Moments {
  std::vector<double> mean, variance;
};

// Shifted by the first row, so that a large mean does not eat the variance's digits.
template <class Map>
inline Moments moments(const Map* x, int64_t rows, const ChannelTile& tile) {
  std::vector<float> first(tile.channels);
  eachLanes(tile.channels, [&](int64_t j, int n) { store(&first[j], load(x + j, n), n); });
  const std::vector<float> shift = tile.repeat(first);
  PartSums parts(tile);
  parallelParts(rows, rows * tile.channels, [&](int64_t from, int64_t to, int part) {
    ChannelSums& sums = parts.of(part);
    float *s = sums.s.data(), *q = sums.q.data();
    const float* k = shift.data();
    eachTile(tile, from, to, [&](int64_t at, int64_t count) {
      eachLanes(count, [&](int64_t j, int n) __attribute__((always_inline)) {
        const Lanes v = load(x + at + j, n) - load(k + j, n);
        store(s + j, load(s + j, n) + v, n);
        store(q + j, load(q + j, n) + v * v, n);
      });
      sums.next();
    });
    sums.flush();
  });
  Moments m;
  parts.total(m.mean, m.variance);
  for (int64_t c = 0; c < tile.channels; c++) {
    const double shifted = m.mean[c] / rows;
    m.mean[c] = first[c] + shifted;
    m.variance[c] = std::max(0.0, m.variance[c] / rows - shifted * shifted);
  }
  return m;
}

// Scale and shift of each channel by which normalisation, gamma and beta act.
struct Affine {
  std::vector<float> scale, shift;

  Affine(const double* mean, const double* variance, const float* gamma, const float* beta, float epsilon, int64_t channels)
      : scale(channels), shift(channels) {
    for (int64_t c = 0; c < channels; c++) {
      const double a = gamma[c] / std::sqrt(variance[c] + epsilon);
      scale[c] = static_cast<float>(a);
      shift[c] = static_cast<float>(beta[c] - mean[c] * a);
    }
  }

  // From moments as they were stored, in float.
  Affine(const float* mean, const float* variance, const float* gamma, const float* beta, float epsilon, int64_t channels)
      : Affine(std::vector<double>(mean, mean + channels).data(), std::vector<double>(variance, variance + channels).data(), gamma,
               beta, epsilon, channels) {}
};

}  // namespace iekd
