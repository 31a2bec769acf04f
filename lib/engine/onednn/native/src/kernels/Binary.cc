// Elementwise a ∘ b over an [outer, inner] grid, either side full, a row (one value an inner index), a column or a scalar.
#include <algorithm>

#include "../arguments.h"
#include "../registry.h"
#include "../threads.h"

namespace {

using namespace iekd;

// Strides of an operand: `step` along inner (0 or 1) and `stride` along outer (0, 1 or inner).
struct Operand {
  const float* data;
  int64_t stride, step;
  int64_t size(int64_t outer, int64_t inner) const { return (stride == 0 ? 1 : outer) * (step == 0 ? 1 : inner); }
};

template <class Op, int kStepA, int kStepB>
void row(const float* a, const float* b, float* y, int64_t count, Op op) {
#pragma omp simd
  for (int64_t j = 0; j < count; j++) y[j] = op(a[kStepA * j], b[kStepB * j]);
}

template <class Op>
void binary(Arguments& in, Op op) {
  const int64_t outer = in.dim(), inner = in.dim();
  Operand a{nullptr, 0, 0}, b{nullptr, 0, 0};
  for (Operand* o : {&a, &b}) {
    const bool alongOuter = in.flag();
    o->step = in.flag();
    o->stride = alongOuter ? (o->step ? inner : 1) : 0;
  }
  a.data = in.floats(a.size(outer, inner));
  b.data = in.floats(b.size(outer, inner));
  float* y = in.floats(outer * inner);
  const auto run = a.step ? (b.step ? row<Op, 1, 1> : row<Op, 1, 0>) : (b.step ? row<Op, 0, 1> : row<Op, 0, 0>);
  if (outer == 1) {
    parallelRanges(inner, inner, [&](int64_t first, int64_t last, int) {
      run(a.data + first * a.step, b.data + first * b.step, y + first, last - first, op);
    });
    return;
  }
  parallelRanges(outer, outer * inner, [&](int64_t first, int64_t last, int) {
    for (int64_t o = first; o < last; o++) run(a.data + o * a.stride, b.data + o * b.stride, y + o * inner, inner, op);
  });
}

}  // namespace

#define IEKD_BINARY(NAME, EXPRESSION) \
  IEKD_KERNEL(NAME) { binary(in, [](float a, float b) { return EXPRESSION; }); }

// outer, inner, a along outer?, a along inner?, b along outer?, b along inner?, a, b, y
IEKD_BINARY(Add, a + b)
IEKD_BINARY(Sub, a - b)
IEKD_BINARY(Multiply, a * b)
IEKD_BINARY(RealDiv, a / b)
// NaN wins on either side, as in tfjs.
IEKD_BINARY(Maximum, a > b || a != a ? a : b)
IEKD_BINARY(Minimum, a < b || a != a ? a : b)
IEKD_BINARY(SquaredDifference, (a - b) * (a - b))

// count, a, b, y = a + b: maps of one size, kept alike
IEKD_KERNEL(AddMaps) {
  withPrecision(in, [&](auto precision) {
    using Map = typename decltype(precision)::Map;
    const int64_t count = in.dim();
    const Map *a = in.maps<Map>(count), *b = in.maps<Map>(count);
    Map* y = in.maps<Map>(count);
    overLanes(count, [=](int64_t i, int n) __attribute__((always_inline)) { store(y + i, load(a + i, n) + load(b + i, n), n); });
  });
}
