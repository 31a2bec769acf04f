// Sum, mean, maximum and minimum over the middle of an [outer, reduced, inner] grid; sums run in double, in one fixed order.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "../arguments.h"
#include "../registry.h"
#include "../threads.h"

namespace {

using namespace iekd;

// Sum of a contiguous run: eight float lanes over short blocks, double beyond.
double sumOf(const float* x, int64_t count) {
  double total = 0;
  for (int64_t at = 0; at < count; at += 1024) {
    const int64_t n = std::min<int64_t>(1024, count - at);
    float s = 0;
#pragma omp simd reduction(+ : s)
    for (int64_t j = 0; j < n; j++) s += x[at + j];
    total += s;
  }
  return total;
}

// [outer, reduced, inner] → [outer, inner], one output row after the other.
void sumRows(const float* x, float* y, int64_t outer, int64_t reduced, int64_t inner, double scale) {
  parallelPieces(outer, outer * reduced * inner, [&](int64_t first, int64_t last) {
    std::vector<double> sums(inner);
    for (int64_t o = first; o < last; o++) {
      const float* p = x + o * reduced * inner;
      if (inner == 1) {
        y[o] = static_cast<float>(sumOf(p, reduced) * scale);
        continue;
      }
      std::fill(sums.begin(), sums.end(), 0.0);
      for (int64_t r = 0; r < reduced; r++, p += inner) {
        for (int64_t j = 0; j < inner; j++) sums[j] += p[j];
      }
      for (int64_t j = 0; j < inner; j++) y[o * inner + j] = static_cast<float>(sums[j] * scale);
    }
  });
}

// One output row from many: the reduced axis is cut over the threads, and their parts are added in order.
void sumColumns(const float* x, float* y, int64_t reduced, int64_t inner, double scale) {
  std::vector<std::vector<double>> parts(threadCount(), std::vector<double>(inner, 0.0));
  parallelRanges(reduced, reduced * inner, [&](int64_t first, int64_t last, int thread) {
    std::vector<double>& sums = parts[thread];
    if (inner == 1) {
      sums[0] = sumOf(x + first, last - first);
      return;
    }
    for (int64_t r = first; r < last; r++) {
      const float* p = x + r * inner;
      for (int64_t j = 0; j < inner; j++) sums[j] += p[j];
    }
  });
  for (int64_t j = 0; j < inner; j++) {
    double total = 0;
    for (const auto& part : parts) total += part[j];
    y[j] = static_cast<float>(total * scale);
  }
}

// The value before which none comes, from `start` on.
template <class Before>
void extreme(Arguments& in, float start, Before before) {
  const int64_t outer = in.dim(), reduced = in.dim(), inner = in.dim();
  const float* x = in.floats(outer * reduced * inner);
  float* y = in.floats(outer * inner);
  parallelPieces(outer, outer * reduced * inner, [&](int64_t first, int64_t last) {
    for (int64_t o = first; o < last; o++) {
      float* to = y + o * inner;
      std::fill(to, to + inner, start);
      for (int64_t r = 0; r < reduced; r++) {
        const float* p = x + (o * reduced + r) * inner;
        for (int64_t j = 0; j < inner; j++) to[j] = before(p[j], to[j]) || p[j] != p[j] ? p[j] : to[j];
      }
    }
  });
}

}  // namespace

// outer, reduced, inner, scale, x, y: y = scale · Σ x (scale 1 is the sum, 1/reduced the mean)
IEKD_KERNEL(Sum) {
  const int64_t outer = in.dim(), reduced = in.dim(), inner = in.dim();
  const double scale = in.flag() ? 1.0 / static_cast<double>(reduced) : 1.0;
  const float* x = in.floats(outer * reduced * inner);
  float* y = in.floats(outer * inner);
  if (outer == 1) sumColumns(x, y, reduced, inner, scale);
  else sumRows(x, y, outer, reduced, inner, scale);
}

// outer, reduced, inner, x, y. A NaN wins.
IEKD_KERNEL(Max) {
  extreme(in, -std::numeric_limits<float>::infinity(), [](float a, float b) { return a > b; });
}

IEKD_KERNEL(Min) {
  extreme(in, std::numeric_limits<float>::infinity(), [](float a, float b) { return a < b; });
}
