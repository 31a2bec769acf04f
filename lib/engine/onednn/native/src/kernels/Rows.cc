// Row-wise work of distillation: L2 normalisation and the choice of channels, with their gradients.
#include <algorithm>
#include <cmath>
#include <vector>

#include "../arguments.h"
#include "../registry.h"
#include "../threads.h"

namespace {

using namespace iekd;

double dot(const float* a, const float* b, int64_t count) {
  double total = 0;
  for (int64_t at = 0; at < count; at += 1024) {
    const int64_t n = std::min<int64_t>(1024, count - at);
    float s = 0;
#pragma omp simd reduction(+ : s)
    for (int64_t j = 0; j < n; j++) s += a[at + j] * b[at + j];
    total += s;
  }
  return total;
}

// Rows shorter than it are divided by it.
double lengthFloor(Arguments& in) {
  const double floor = in.scalar();
  if (!(floor > 0)) in.fail("a floor above 0");
  return floor;
}

const int32_t* channelNumbers(Arguments& in, int64_t channels, int64_t chosen) {
  const int32_t* indices = in.ints(chosen);
  for (int64_t k = 0; k < chosen; k++) {
    if (indices[k] < 0 || indices[k] >= channels) in.fail("channel numbers inside the map");
  }
  return indices;
}

}  // namespace

// rows, values, floor, x, y = x / max(|x|, floor)
IEKD_KERNEL(NormalizeRows) {
  const int64_t rows = in.dim(), values = in.dim();
  const double floor = lengthFloor(in);
  const float* x = in.floats(rows * values);
  float* y = in.floats(rows * values);
  parallelPieces(rows, rows * values, [&](int64_t first, int64_t last) {
    for (int64_t r = first; r < last; r++) {
      const float* p = x + r * values;
      const float scale = static_cast<float>(1.0 / std::max(std::sqrt(dot(p, p, values)), floor));
      for (int64_t j = 0; j < values; j++) y[r * values + j] = p[j] * scale;
    }
  });
}

// rows, values, floor, x, y, dy, dx = (dy − y · <y, dy>) / |x|; where the row is at the floor or below, dy / floor
IEKD_KERNEL(NormalizeRowsGrad) {
  const int64_t rows = in.dim(), values = in.dim();
  const double floor = lengthFloor(in);
  const float *x = in.floats(rows * values), *y = in.floats(rows * values), *dy = in.floats(rows * values);
  float* dx = in.floats(rows * values);
  parallelPieces(rows, rows * values, [&](int64_t first, int64_t last) {
    for (int64_t r = first; r < last; r++) {
      const float *p = y + r * values, *g = dy + r * values, *q = x + r * values;
      const double length = std::sqrt(dot(q, q, values));
      const float scale = static_cast<float>(1.0 / std::max(length, floor));
      const float along = length > floor ? static_cast<float>(dot(p, g, values)) : 0.0f;
      for (int64_t j = 0; j < values; j++) dx[r * values + j] = (g[j] - p[j] * along) * scale;
    }
  });
}

// rows, channels, chosen, indices, x, y: y[r, k] = x[r, indices[k]]
IEKD_KERNEL(SelectChannels) {
  withPrecision(in, [&](auto precision) {
    using Map = typename decltype(precision)::Map;
    const int64_t rows = in.dim(), channels = in.dim(), chosen = in.dim();
    const int32_t* indices = channelNumbers(in, channels, chosen);
    const Map* x = in.maps<Map>(rows * channels);
    Map* y = in.maps<Map>(rows * chosen);
    parallelPieces(rows, rows * chosen, [&](int64_t first, int64_t last) {
      for (int64_t r = first; r < last; r++)
        for (int64_t k = 0; k < chosen; k++) y[r * chosen + k] = x[r * channels + indices[k]];
    });
  });
}

// rows, channels, chosen, indices, dy, dx: the channels that were not chosen get zero, one that was chosen twice the sum
IEKD_KERNEL(SelectChannelsGrad) {
  withPrecision(in, [&](auto precision) {
    using Map = typename decltype(precision)::Map;
    const int64_t rows = in.dim(), channels = in.dim(), chosen = in.dim();
    const int32_t* indices = channelNumbers(in, channels, chosen);
    const Map* dy = in.maps<Map>(rows * chosen);
    Map* dx = in.maps<Map>(rows * channels);
    parallelPieces(rows, rows * channels, [&](int64_t first, int64_t last) {
      std::vector<float> from(chosen), to(channels);
      for (int64_t r = first; r < last; r++) {
        eachLanes(chosen, [&](int64_t k, int n) { store(&from[k], load(dy + r * chosen + k, n), n); });
        std::fill(to.begin(), to.end(), 0.0f);
        for (int64_t k = 0; k < chosen; k++) to[indices[k]] += from[k];
        eachLanes(channels, [&](int64_t c, int n) { store(dx + r * channels + c, load(&to[c], n), n); });
      }
    });
  });
}
