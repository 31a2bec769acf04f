// Updates of variables in place: the optimiser's step and the moving statistics.
#include "../arguments.h"
#include "../registry.h"
#include "../threads.h"

using namespace iekd;

namespace {

struct Update {
  int64_t count;
  float *parameter, *velocity;
  const float* gradient;
};

}  // namespace

// variables, learningRate, momentum, weightDecay, nesterov, then for each variable: count, parameter, velocity, gradient
IEKD_KERNEL(SgdInPlace) {
  const int64_t variables = in.dim();
  const float rate = in.scalar(), momentum = in.scalar(), decay = in.scalar();
  const bool nesterov = in.flag();
  std::vector<Update> updates;
  int64_t total = 0;
  for (int64_t i = 0; i < variables; i++) {
    const int64_t count = in.dim();
    float *parameter = in.floats(count), *velocity = in.floats(count);
    updates.push_back({count, parameter, velocity, in.floats(count)});
    total += count;
  }
  // A thread takes its share of every variable, so that one start of the threads serves all.
  const int64_t threads = threadsFor(total);
  parallelRanges(threads, total, [&](int64_t first, int64_t last, int) {
    for (const Update& u : updates) {
      float *w = u.parameter, *v = u.velocity;
      const float* g = u.gradient;
#pragma omp simd
      for (int64_t i = u.count * first / threads; i < u.count * last / threads; i++) {
        const float d = g[i] + decay * w[i];
        v[i] = momentum * v[i] + d;
        w[i] -= rate * (nesterov ? d + momentum * v[i] : v[i]);
      }
    }
  });
}

// count, momentum, unbiased, moving mean, moving variance, mean, variance: both ← (1 − momentum) · moving + momentum · batch's, the
// variance times `unbiased`
IEKD_KERNEL(MoveInPlace) {
  const int64_t count = in.dim();
  const float momentum = in.scalar(), unbiased = in.scalar();
  float *movingMean = in.floats(count), *movingVariance = in.floats(count);
  const float *mean = in.floats(count), *variance = in.floats(count);
  for (int64_t i = 0; i < count; i++) {
    movingMean[i] = (1 - momentum) * movingMean[i] + momentum * mean[i];
    movingVariance[i] = (1 - momentum) * movingVariance[i] + momentum * unbiased * variance[i];
  }
}
