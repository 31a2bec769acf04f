// Updates of variables in place: the optimiser's step and the moving statistics.
#include "../arguments.h"
#include "../registry.h"
#include "../threads.h"

using namespace iekd;

// count, learningRate, momentum, weightDecay, nesterov, parameter, velocity, gradient
IEKD_KERNEL(SgdInPlace) {
  const int64_t count = in.dim();
  const float rate = in.scalar(), momentum = in.scalar(), decay = in.scalar();
  const bool nesterov = in.flag();
  float *w = in.floats(count), *v = in.floats(count);
  const float* g = in.floats(count);
  parallelRanges(count, count, [&](int64_t first, int64_t last, int) {
#pragma omp simd
    for (int64_t i = first; i < last; i++) {
      const float d = g[i] + decay * w[i];
      v[i] = momentum * v[i] + d;
      w[i] -= rate * (nesterov ? d + momentum * v[i] : v[i]);
    }
  });
}

// count, momentum, scale, variable, value: variable ← (1 − momentum) · variable + momentum · scale · value
IEKD_KERNEL(MoveInPlace) {
  const int64_t count = in.dim();
  const float momentum = in.scalar(), scale = in.scalar();
  float* variable = in.floats(count);
  const float* value = in.floats(count);
  for (int64_t i = 0; i < count; i++) variable[i] = (1 - momentum) * variable[i] + momentum * scale * value[i];
}
