// What becomes of a convolution's outputs while they are still in registers.
#pragma once
#include <optional>
#include <vector>

#include "../normalise/Moments.h"
#include "../precision.h"
#include "Shape.h"

namespace iekd::winograd {

// y = the outputs.
template <class Map>
struct Store {
  Map* y;
  int64_t width, channels;

  Store(const Shape& s, Map* out) : y(out), width(s.outWidth), channels(s.to) {}

  template <int kRows, int kColumns>
  void operator()(int64_t pixel, int64_t k, const Lanes (&v)[kRows][kColumns], int rows, int columns) {
    Map* p = y + pixel * channels + k;
    for (int i = 0; i < rows; i++)
      for (int j = 0; j < columns; j++) store(p + (i * width + j) * channels, v[i][j]);
  }
  void rest() {}
};

// y = rectify(outputs + shift + residual); the scale is in the filter already.
template <class Map, bool kResidual>
struct StoreRectified {
  Store<Map> plain;
  const float* shift;
  const Map* residual;
  float slope;

  template <int kRows, int kColumns>
  void operator()(int64_t pixel, int64_t k, const Lanes (&v)[kRows][kColumns], int rows, int columns) {
    const Lanes b = load(shift + k);
    Lanes out[kRows][kColumns];
    for (int i = 0; i < rows; i++)
      for (int j = 0; j < columns; j++) {
        Lanes value = v[i][j] + b;
        if (kResidual) value += load(residual + (pixel + i * plain.width + j) * plain.channels + k);
        out[i][j] = rectify(value, slope);
      }
    plain(pixel, k, out, rows, columns);
  }
  void rest() {}
};

// y = the outputs, with their moments. Sums are shifted by the thread's first outputs, so that a large mean does not eat the
// variance's digits, and go from float to double after each block.
template <class Map>
class StoreWithMoments {
 public:
  StoreWithMoments(const Shape& s, Map* out)
      : plain_(s, out), counts_(s.to / kLanes), shift_(s.to), s_(s.to), q_(s.to), total_(s.to), squares_(s.to) {}

  template <int kRows, int kColumns>
  void operator()(int64_t pixel, int64_t k, const Lanes (&v)[kRows][kColumns], int rows, int columns) {
    plain_(pixel, k, v, rows, columns);
    int64_t& count = counts_[k / kLanes];
    if (count == 0) store(&shift_[k], v[0][0]);
    count += rows * columns;
    const Lanes shift = load(&shift_[k]);
    Lanes s = load(&s_[k]), q = load(&q_[k]);
    for (int i = 0; i < rows; i++)
      for (int j = 0; j < columns; j++) {
        const Lanes d = v[i][j] - shift;
        s += d;
        q += d * d;
      }
    store(&s_[k], s);
    store(&q_[k], q);
  }

  void rest() {
    for (int64_t c = 0; c < plain_.channels; c++) {
      total_[c] += s_[c];
      squares_[c] += q_[c];
      s_[c] = q_[c] = 0.0f;
    }
  }

  // The moments of all threads' outputs (Chan et al. 1979), in the order of the threads.
  static Moments merge(const std::vector<std::optional<StoreWithMoments>>& parts, int64_t channels) {
    Moments m{std::vector<double>(channels), std::vector<double>(channels)};
    double n = 0;
    for (const auto& part : parts) {
      if (!part || part->counts_.front() == 0) continue;
      const double k = static_cast<double>(part->counts_.front()), of = 1.0 / k, share = k / (n + k);
      for (int64_t c = 0; c < channels; c++) {
        const double shifted = part->total_[c] * of, delta = part->shift_[c] + shifted - m.mean[c];
        m.variance[c] += part->squares_[c] - k * shifted * shifted + delta * delta * n * share;
        m.mean[c] += delta * share;
      }
      n += k;
    }
    for (double& squares : m.variance) squares = std::max(0.0, squares / n);
    return m;
  }

 private:
  Store<Map> plain_;
  std::vector<int64_t> counts_;  // of outputs, by register of channels: one may be ahead of another
  std::vector<float> shift_, s_, q_;
  std::vector<double> total_, squares_;
};

}  // namespace iekd::winograd
