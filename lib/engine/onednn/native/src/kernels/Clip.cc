// y = x, but at least `least` and at most `most`; a NaN stays one.
#include "../arguments.h"
#include "../registry.h"
#include "../threads.h"

// count, least, most, x, y
IEKD_KERNEL(ClipByValue) {
  const int64_t count = in.dim();
  const float least = in.scalar(), most = in.scalar();
  const float* x = in.floats(count);
  float* y = in.floats(count);
  iekd::parallelPieces(count, count, [&](int64_t first, int64_t last) {
#pragma omp simd
    for (int64_t i = first; i < last; i++) y[i] = x[i] > most ? most : x[i] < least ? least : x[i];
  });
}
