// Floats made of integers and truth values, and arrays of one value.
#include <algorithm>

#include "../arguments.h"
#include "../registry.h"
#include "../threads.h"

namespace {

template <class T>
void convert(const T* x, float* y, int64_t count) {
  iekd::parallelPieces(count, count, [&](int64_t first, int64_t last) {
#pragma omp simd
    for (int64_t i = first; i < last; i++) y[i] = static_cast<float>(x[i]);
  });
}

}  // namespace

// count, x, y
IEKD_KERNEL(CastInt32) {
  const int64_t count = in.dim();
  const int32_t* x = in.ints(count);
  convert(x, in.floats(count), count);
}

IEKD_KERNEL(CastBool) {
  const int64_t count = in.dim();
  const uint8_t* x = in.bytes(count);
  convert(x, in.floats(count), count);
}

// count, value, y
IEKD_KERNEL(Fill) {
  const int64_t count = in.dim();
  const float value = in.scalar();
  float* y = in.floats(count);
  iekd::parallelPieces(count, count, [&](int64_t first, int64_t last) { std::fill(y + first, y + last, value); });
}
