// Choices: of two arrays element by element, of positions along an axis, and the sum that is a choice's gradient.
#include <algorithm>

#include "../arguments.h"
#include "../registry.h"
#include "../threads.h"

using iekd::parallelPieces;

// count, condition, a, b, y = a where the condition holds, else b
IEKD_KERNEL(Select) {
  const int64_t count = in.dim();
  const uint8_t* condition = in.bytes(count);
  const float *a = in.floats(count), *b = in.floats(count);
  float* y = in.floats(count);
  parallelPieces(count, count, [&](int64_t first, int64_t last) {
#pragma omp simd
    for (int64_t i = first; i < last; i++) y[i] = condition[i] ? a[i] : b[i];
  });
}

// outer, length, inner, chosen, indices, x, y: y[o, k, i] = x[o, indices[k], i]
IEKD_KERNEL(Gather) {
  const int64_t outer = in.dim(), length = in.dim(), inner = in.dim(), chosen = in.dim();
  const int32_t* indices = in.ints(chosen);
  const float* x = in.floats(outer * length * inner);
  float* y = in.floats(outer * chosen * inner);
  for (int64_t k = 0; k < chosen; k++) {
    if (indices[k] < 0 || indices[k] >= length) in.fail("positions inside the axis");
  }
  parallelPieces(outer * chosen, outer * chosen * inner, [&](int64_t first, int64_t last) {
    int64_t o = first / chosen, k = first % chosen;
    for (int64_t item = first; item < last; item++) {
      const float* from = x + (o * length + indices[k]) * inner;
      for (int64_t i = 0; i < inner; i++) y[item * inner + i] = from[i];
      if (++k < chosen) continue;
      k = 0;
      o++;
    }
  });
}

// rows, inner, segments, segment of each row, x, y: y[s, i] = Σ x[r, i] over the rows of segment s, in order; others belong to none
IEKD_KERNEL(SegmentSum) {
  const int64_t rows = in.dim(), inner = in.dim(), segments = in.dim();
  const int32_t* segmentOf = in.ints(rows);
  const float* x = in.floats(rows * inner);
  float* y = in.floats(segments * inner);
  parallelPieces(inner, rows * inner, [&](int64_t first, int64_t last) {
    for (int64_t s = 0; s < segments; s++) std::fill(y + s * inner + first, y + s * inner + last, 0.0f);
    for (int64_t r = 0; r < rows; r++) {
      if (segmentOf[r] < 0 || segmentOf[r] >= segments) continue;
      float* to = y + segmentOf[r] * inner;
      for (int64_t i = first; i < last; i++) to[i] += x[r * inner + i];
    }
  });
}

// count, depth, on, off, labels, y: y[i, labels[i]] = on and off elsewhere; a label outside [0, depth) has a row of off
IEKD_KERNEL(OneHot) {
  const int64_t count = in.dim(), depth = in.dim();
  const float on = in.scalar(), off = in.scalar();
  const int32_t* labels = in.ints(count);
  float* y = in.floats(count * depth);
  std::fill(y, y + count * depth, off);
  for (int64_t i = 0; i < count; i++)
    if (labels[i] >= 0 && labels[i] < depth) y[i * depth + labels[i]] = on;
}
