// Elementwise functions of one array.
#include <algorithm>
#include <cmath>

#include "../arguments.h"
#include "../registry.h"
#include "../threads.h"

namespace {

template <class Op>
void unary(iekd::Arguments& in, Op op) {
  const int64_t count = in.dim();
  const float* x = in.floats(count);
  float* y = in.floats(count);
  iekd::parallelPieces(count, count, [&](int64_t first, int64_t last) {
#pragma omp simd
    for (int64_t i = first; i < last; i++) y[i] = op(x[i]);
  });
}

}  // namespace

#define IEKD_UNARY(NAME, EXPRESSION) \
  IEKD_KERNEL(NAME) { unary(in, [](float x) { return EXPRESSION; }); }

// count, x, y. A NaN stays a NaN, but has the sign 0, as in tfjs.
IEKD_UNARY(Relu, x > 0 || x != x ? x : 0.0f)
IEKD_UNARY(Relu6, x > 6 ? 6.0f : x > 0 || x != x ? x : 0.0f)
IEKD_UNARY(Abs, std::fabs(x))
IEKD_UNARY(Neg, -x)
IEKD_UNARY(Sign, x > 0 ? 1.0f : x < 0 ? -1.0f : 0.0f)
IEKD_UNARY(Sqrt, std::sqrt(x))
IEKD_UNARY(Rsqrt, 1.0f / std::sqrt(x))
IEKD_UNARY(Square, x * x)
IEKD_UNARY(Exp, std::exp(x))
IEKD_UNARY(Floor, std::floor(x))
IEKD_UNARY(Log, std::log(x))

// count, alpha, x, y: 1 above zero, alpha below it.
IEKD_KERNEL(Step) {
  const int64_t count = in.dim();
  const float alpha = in.scalar();
  const float* x = in.floats(count);
  float* y = in.floats(count);
  iekd::parallelPieces(count, count, [&](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; i++) y[i] = x[i] != x[i] ? x[i] : x[i] > 0 ? 1.0f : alpha;
  });
}

// count, slope, x, y = max(x, slope · x)
IEKD_KERNEL(LeakyRelu) {
  withPrecision(in, [&](auto precision) {
    using Map = typename decltype(precision)::Map;
    const int64_t count = in.dim();
    const float slope = in.scalar();
    const Map* x = in.maps<Map>(count);
    Map* y = in.maps<Map>(count);
    iekd::overLanes(count, [=](int64_t i, int n) __attribute__((always_inline)) {
      iekd::store(y + i, iekd::rectify(iekd::load(x + i, n), slope), n);
    });
  });
}

// count, slope, x, dy, dx. x may be the activation's output just as well: the sign is the same (and 0 stays 0).
IEKD_KERNEL(LeakyReluGrad) {
  withPrecision(in, [&](auto precision) {
    using Map = typename decltype(precision)::Map;
    const int64_t count = in.dim();
    const float slope = in.scalar();
    const Map *x = in.maps<Map>(count), *dy = in.maps<Map>(count);
    Map* dx = in.maps<Map>(count);
    iekd::overLanes(count, [=](int64_t i, int n) __attribute__((always_inline)) {
      const iekd::Lanes g = iekd::load(dy + i, n);
      iekd::store(dx + i, iekd::load(x + i, n) > 0 ? g : g * slope, n);
    });
  });
}
