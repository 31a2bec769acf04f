// Softmax of rows, exponentials and their sum in double.
#include <algorithm>
#include <cmath>
#include <vector>

#include "../arguments.h"
#include "../registry.h"
#include "../threads.h"

// rows, classes, x, y = e^(x − max) / Σ e^(x − max)
IEKD_KERNEL(Softmax) {
  const int64_t rows = in.dim(), classes = in.positive();
  const float* x = in.floats(rows * classes);
  float* y = in.floats(rows * classes);
  iekd::parallelPieces(rows, rows * classes, [&](int64_t first, int64_t last) {
    std::vector<double> e(classes);
    for (int64_t r = first; r < last; r++) {
      const float* row = x + r * classes;
      const double most = *std::max_element(row, row + classes);
      double sum = 0;
      for (int64_t c = 0; c < classes; c++) sum += e[c] = std::exp(row[c] - most);
      for (int64_t c = 0; c < classes; c++) y[r * classes + c] = static_cast<float>(e[c] / sum);
    }
  });
}
