// The loss of a single-shot detector (Liu et al. 2016, SSD, equation 1) with its gradients: lib/detection/multiboxLoss.ts has the
// definition, multiboxRows.ts the same in JavaScript. Images over threads, each with sums of its own, which are added in order.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "../arguments.h"
#include "../registry.h"
#include "../threads.h"

namespace {

using namespace iekd;

// Matched priors of the batch, at least 1.
double positivesOf(const int32_t* labels, int64_t rows) {
  return std::max<double>(1, static_cast<double>(rows - std::count(labels, labels + rows, 0)));
}

// loss[0] = Σ over images of part(image), divided by n.
template <class Part>
void sumOfImages(int64_t images, int64_t elements, double n, float* loss, Part part) {
  std::vector<double> values(images);
  parallelRanges(images, elements, [&](int64_t first, int64_t last, int) {
    for (int64_t image = first; image < last; image++) values[image] = part(image);
  });
  double total = 0;
  for (const double value : values) total += value;
  loss[0] = static_cast<float>(total / n);
}

// Which negatives count: of `wanted` hardest ones those above the least, and as many of its equals as are left, the first first.
struct Hardest {
  float least;
  int64_t ties;

  // Takes finite losses of all negatives, and reorders them.
  Hardest(std::vector<float>& losses, int64_t wanted) : least(std::numeric_limits<float>::infinity()), ties(0) {
    if (wanted == 0) return;
    const auto nth = losses.begin() + (wanted - 1);
    std::nth_element(losses.begin(), nth, losses.end(), std::greater<float>());
    least = *nth;
    ties = wanted - std::count_if(losses.begin(), nth, [this](float loss) { return loss > least; });
  }

  bool takes(float loss) { return loss > least || (loss == least && ties-- > 0); }
};

// The confidence of one image's priors.
struct Confidence {
  int64_t priors, classes;
  double n, ratio;
  int64_t minNegatives;

  // The summed loss; NaN where a prior's is none, or a label no class. `gradient` is zero already.
  double operator()(const float* logits, const int32_t* labels, float* gradient) const {
    static thread_local std::vector<float> sums, losses, negatives;
    sums.resize(priors);
    losses.resize(priors);
    negatives.clear();
    for (int64_t row = 0; row < priors; row++) {
      const float* p = logits + row * classes;
      const double most = *std::max_element(p, p + classes);
      double sum = 0;
      for (int64_t c = 0; c < classes; c++) sum += std::exp(p[c] - most);
      sums[row] = static_cast<float>(most + std::log(sum));
      losses[row] = sums[row] - p[0];
      if (!std::isfinite(losses[row]) || labels[row] < 0 || labels[row] >= classes) return std::nan("");
      if (labels[row] == 0) negatives.push_back(losses[row]);
    }
    const int64_t known = static_cast<int64_t>(negatives.size());
    const double wanted = std::max<double>(std::floor(ratio * static_cast<double>(priors - known)), static_cast<double>(minNegatives));
    Hardest hardest(negatives, static_cast<int64_t>(std::min<double>(wanted, static_cast<double>(known))));
    double value = 0;
    for (int64_t row = 0; row < priors; row++) {
      if (labels[row] == 0 && !hardest.takes(losses[row])) continue;
      const float* p = logits + row * classes;
      float* g = gradient + row * classes;
      for (int64_t c = 0; c < classes; c++) g[c] = static_cast<float>(std::exp(static_cast<double>(p[c]) - sums[row]) / n);
      g[labels[row]] = static_cast<float>(g[labels[row]] - 1 / n);
      value += static_cast<double>(sums[row]) - p[labels[row]];
    }
    return value;
  }
};

}  // namespace

// images, priors, classes, ratio, minNegatives, logits, labels, loss [1], dlogits: the loss of positives and hard negatives
IEKD_KERNEL(MultiboxConfidence) {
  const int64_t images = in.positive(), priors = in.positive(), classes = in.positive(), rows = images * priors;
  const double ratio = in.real();
  const int64_t minNegatives = in.dim();
  const float* logits = in.floats(rows * classes);
  const int32_t* labels = in.ints(rows);
  float* loss = in.floats(1);
  float* gradient = in.floats(rows * classes);
  const double n = positivesOf(labels, rows);
  const Confidence confidence{priors, classes, n, ratio, minNegatives};
  sumOfImages(images, rows * classes, n, loss, [&](int64_t image) {
    const int64_t at = image * priors;
    std::fill_n(gradient + at * classes, priors * classes, 0.0f);
    return confidence(logits + at * classes, labels + at, gradient + at * classes);
  });
}

// images, priors, offsets, wanted, labels, loss [1], doffsets: smooth L1 of the positives' four coordinates
IEKD_KERNEL(MultiboxLocalisation) {
  const int64_t images = in.positive(), priors = in.positive(), rows = images * priors;
  const float *offsets = in.floats(4 * rows), *wanted = in.floats(4 * rows);
  const int32_t* labels = in.ints(rows);
  float* loss = in.floats(1);
  float* gradient = in.floats(4 * rows);
  const double n = positivesOf(labels, rows);
  sumOfImages(images, 4 * rows, n, loss, [&](int64_t image) {
    double value = 0;
    for (int64_t at = 4 * image * priors; at < 4 * (image + 1) * priors; at++) {
      gradient[at] = 0;
      if (!std::isfinite(offsets[at])) value = std::nan("");
      if (labels[at / 4] == 0) continue;
      const double x = static_cast<double>(offsets[at]) - wanted[at], size = std::fabs(x);
      value += size < 1 ? x * x / 2 : size - 0.5;
      gradient[at] = static_cast<float>(std::clamp(x, -1.0, 1.0) / n);
    }
    return value;
  });
}
