// Updates of variables in place: optimisers' steps, averages of weights and the moving statistics.
#include <cmath>

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

struct AdamUpdate {
  int64_t count;
  float rate, root;
  float *parameter, *mean, *square;
  const float* gradient;
};

struct AverageUpdate {
  int64_t count;
  float* average;
  const float* variable;
};

// A thread takes its share [first, last) of every variable, so that one start of the threads serves all.
template <class Updates, class Work>
void eachShare(const Updates& updates, int64_t total, const Work& work) {
  const int64_t threads = threadsFor(total);
  parallelRanges(threads, total, [&](int64_t first, int64_t last, int) {
    for (const auto& u : updates) work(u, u.count * first / threads, u.count * last / threads);
  });
}

}  // namespace

// variables, learning rate [1], momentum, weightDecay, nesterov, then for each variable: count, parameter, velocity, gradient. The rate is
// an array, so that a recorded step can be repeated with another.
IEKD_KERNEL(SgdInPlace) {
  const int64_t variables = in.dim();
  const float rate = in.floats(1)[0], momentum = in.scalar(), decay = in.scalar();
  const bool nesterov = in.flag();
  std::vector<Update> updates;
  int64_t total = 0;
  for (int64_t i = 0; i < variables; i++) {
    const int64_t count = in.dim();
    float *parameter = in.floats(count), *velocity = in.floats(count);
    updates.push_back({count, parameter, velocity, in.floats(count)});
    total += count;
  }
  eachShare(updates, total, [&](const Update& u, int64_t first, int64_t last) {
    float *w = u.parameter, *v = u.velocity;
    const float* g = u.gradient;
#pragma omp simd
    for (int64_t i = first; i < last; i++) {
      const float d = g[i] + decay * w[i];
      v[i] = momentum * v[i] + d;
      w[i] -= rate * (nesterov ? d + momentum * v[i] : v[i]);
    }
  });
}

// variables, factor of the weights before the step, decay added to the gradient, beta1, 1 - beta1, beta2, 1 - beta2, epsilon, then for each
// variable: count, corrected rate, corrected root, parameter, mean, square, gradient
IEKD_KERNEL(AdamInPlace) {
  const int64_t variables = in.dim();
  const float shrink = in.scalar(), decay = in.scalar();
  const float beta1 = in.scalar(), rest1 = in.scalar(), beta2 = in.scalar(), rest2 = in.scalar();
  const float epsilon = in.scalar();
  std::vector<AdamUpdate> updates;
  int64_t total = 0;
  for (int64_t i = 0; i < variables; i++) {
    const int64_t count = in.dim();
    const float rate = in.scalar(), root = in.scalar();
    float *parameter = in.floats(count), *mean = in.floats(count), *square = in.floats(count);
    updates.push_back({count, rate, root, parameter, mean, square, in.floats(count)});
    total += count;
  }
  eachShare(updates, total, [&](const AdamUpdate& u, int64_t first, int64_t last) {
    float *w = u.parameter, *m = u.mean, *s = u.square;
    const float* g = u.gradient;
    const float rate = u.rate, root = u.root;
#pragma omp simd
    for (int64_t i = first; i < last; i++) {
      const float d = g[i] + decay * w[i];
      m[i] = beta1 * m[i] + rest1 * d;
      s[i] = beta2 * s[i] + rest2 * d * d;
      w[i] = shrink * w[i] - rate * (m[i] / (std::sqrt(s[i]) / root + epsilon));
    }
  });
}

// variables, share of the new values, then for each variable: count, average, variable
IEKD_KERNEL(AverageInPlace) {
  const int64_t variables = in.dim();
  const float share = in.scalar();
  std::vector<AverageUpdate> updates;
  int64_t total = 0;
  for (int64_t i = 0; i < variables; i++) {
    const int64_t count = in.dim();
    float* average = in.floats(count);
    updates.push_back({count, average, in.floats(count)});
    total += count;
  }
  eachShare(updates, total, [&](const AverageUpdate& u, int64_t first, int64_t last) {
    float* a = u.average;
    const float* v = u.variable;
#pragma omp simd
    for (int64_t i = first; i < last; i++) a[i] += share * (v[i] - a[i]);
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
