// Mean softmax cross-entropy of labels, and its gradient; softmax in double, rows in order.
#include <algorithm>
#include <cmath>
#include <vector>

#include "../arguments.h"
#include "../registry.h"
#include "../threads.h"

using namespace iekd;

namespace {

constexpr int64_t kExponential = 8;  // takes as long as so many elements of other kernels

}  // namespace

// batch, classes, logits, labels, loss [1]; a label outside [0, classes) makes the loss NaN rather than reading beyond the row
IEKD_KERNEL(SoftmaxCrossEntropy) {
  const int64_t batch = in.dim(), classes = in.positive();
  const float* logits = in.floats(batch * classes);
  const int32_t* labels = in.ints(batch);
  float* loss = in.floats(1);
  std::vector<double> losses(batch);
  parallelPieces(batch, batch * classes * kExponential, [&](int64_t first, int64_t last) {
    for (int64_t n = first; n < last; n++) {
      const float* row = logits + n * classes;
      const double most = *std::max_element(row, row + classes);
      double sum = 0;
      for (int64_t c = 0; c < classes; c++) sum += std::exp(row[c] - most);
      const bool known = labels[n] >= 0 && labels[n] < classes;
      losses[n] = known ? std::log(sum) + most - row[labels[n]] : std::nan("");
    }
  });
  double total = 0;
  for (const double one : losses) total += one;
  loss[0] = static_cast<float>(total / batch);
}

// batch, classes, logits, labels, dloss [1], dlogits
IEKD_KERNEL(SoftmaxCrossEntropyGrad) {
  const int64_t batch = in.dim(), classes = in.positive();
  const float* logits = in.floats(batch * classes);
  const int32_t* labels = in.ints(batch);
  const double scale = in.floats(1)[0] / static_cast<double>(batch);
  float* out = in.floats(batch * classes);
  parallelPieces(batch, batch * classes * kExponential, [&](int64_t first, int64_t last) {
    std::vector<double> e(classes);
    for (int64_t n = first; n < last; n++) {
      const float* row = logits + n * classes;
      const double most = *std::max_element(row, row + classes);
      double sum = 0;
      for (int64_t c = 0; c < classes; c++) sum += e[c] = std::exp(row[c] - most);
      for (int64_t c = 0; c < classes; c++) out[n * classes + c] = static_cast<float>((e[c] / sum - (c == labels[n])) * scale);
    }
  });
}
