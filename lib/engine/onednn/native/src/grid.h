// Elementwise a ∘ b over an [outer, inner] grid, either side full, a row (one value an inner index), a column or a scalar.
#pragma once
#include "arguments.h"
#include "threads.h"

namespace iekd {

// Strides of an operand: `step` along inner (0 or 1) and `stride` along outer (0, 1 or inner).
template <class T>
struct GridOperand {
  T* data;
  int64_t stride, step;
  int64_t size(int64_t outer, int64_t inner) const { return (stride == 0 ? 1 : outer) * (step == 0 ? 1 : inner); }
};

template <class T, class R, class Op, int kStepA, int kStepB>
void gridRow(const T* a, const T* b, R* y, int64_t count, Op op) {
#pragma omp simd
  for (int64_t j = 0; j < count; j++) y[j] = op(a[kStepA * j], b[kStepB * j]);
}

// Arguments: outer, inner, a along outer?, a along inner?, b along outer?, b along inner?, a, b, y; arrays are read by `from` and `to`.
template <class T, class R, class Op>
void overGrid(Arguments& in, T* (Arguments::*from)(int64_t), R* (Arguments::*to)(int64_t), Op op) {
  const int64_t outer = in.dim(), inner = in.dim();
  GridOperand<T> a{nullptr, 0, 0}, b{nullptr, 0, 0};
  for (GridOperand<T>* o : {&a, &b}) {
    const bool alongOuter = in.flag();
    o->step = in.flag();
    o->stride = alongOuter ? (o->step ? inner : 1) : 0;
  }
  a.data = (in.*from)(a.size(outer, inner));
  b.data = (in.*from)(b.size(outer, inner));
  R* y = (in.*to)(outer * inner);
  const auto run = a.step ? (b.step ? gridRow<T, R, Op, 1, 1> : gridRow<T, R, Op, 1, 0>)
                          : (b.step ? gridRow<T, R, Op, 0, 1> : gridRow<T, R, Op, 0, 0>);
  if (outer == 1) {
    parallelPieces(inner, inner, [&](int64_t first, int64_t last) {
      run(a.data + first * a.step, b.data + first * b.step, y + first, last - first, op);
    });
    return;
  }
  parallelPieces(outer, outer * inner, [&](int64_t first, int64_t last) {
    for (int64_t o = first; o < last; o++) run(a.data + o * a.stride, b.data + o * b.stride, y + o * inner, inner, op);
  });
}

}  // namespace iekd
