// Maps from float32 to bfloat16, rounded to nearest, and back.
#include "../arguments.h"
#include "../registry.h"
#include "../threads.h"

using namespace iekd;

#ifdef __AVX512BF16__
// count, x, y
IEKD_KERNEL(Narrow) {
  const int64_t count = in.dim();
  const float* x = in.floats(count);
  Half* y = in.maps<Half>(count);
  overLanes(count, [=](int64_t i, int n) __attribute__((always_inline)) { store(y + i, load(x + i, n), n); });
}

// count, x, y
IEKD_KERNEL(Widen) {
  const int64_t count = in.dim();
  const Half* x = in.maps<Half>(count);
  float* y = in.floats(count);
  overLanes(count, [=](int64_t i, int n) __attribute__((always_inline)) { store(y + i, load(x + i, n), n); });
}
#endif
