// The gradient of training-mode batch norm with residual and rectifier, in two passes: g = dy through the rectifier with the sums of
// g and g · (x − mean), then dx = k1 · g + k2 · x + k3 a channel. The second can be asked for piece by piece.
#pragma once
#include "../threads.h"
#include "ChannelTile.h"
#include "Moments.h"

namespace iekd {

// Where the rectifier's derivative comes from: no rectifier, the sign of y recomputed from x, or the sign of the kept y.
enum class Mask { kNone, kFromX, kFromY };

// What g is made of at a lane: dy, through the rectifier where there is one.
template <Mask kMask>
inline Lanes rectifiedGradient(Lanes dy, Lanes x, Lanes y, Lanes a, Lanes b, float slope) {
  if (kMask == Mask::kNone) return dy;
  const Lanes sign = kMask == Mask::kFromX ? x * a + b : y;
  return sign > 0 ? dy : dy * slope;
}

template <class Map>
class NormaliseGradient {
 public:
  struct Inputs {
    const Map *x, *dy, *y;  // y, and dresidual below, exactly where there is a residual under a rectifier
    const float *gamma, *beta, *mean, *variance;
    float epsilon, slope;
    int64_t rows, channels;
  };

  // Runs the first pass.
  NormaliseGradient(const Inputs& inputs, float* dgamma, float* dbeta, Map* dresidual)
      : in_(inputs),
        kept_(dresidual),
        tile_(inputs.channels),
        mask_(inputs.y ? Mask::kFromY : inputs.slope != 1.0f ? Mask::kFromX : Mask::kNone) {
    const Affine affine(in_.mean, in_.variance, in_.gamma, in_.beta, in_.epsilon, in_.channels);
    a_ = tile_.repeat(affine.scale);
    b_ = tile_.repeat(affine.shift);
    std::vector<ChannelSums> parts(threadCount(), ChannelSums(tile_));
    if (mask_ == Mask::kFromY) sums<Mask::kFromY>(parts);
    else if (mask_ == Mask::kFromX) sums<Mask::kFromX>(parts);
    else sums<Mask::kNone>(parts);
    finish(parts, affine, dgamma, dbeta);
  }

  // The second pass over rows [first, last): writes (last − first) · channels values from `dx` on.
  template <class Out>
  void inputGradient(int64_t first, int64_t last, Out* dx) const {
    if (mask_ == Mask::kFromX) inputs<Mask::kFromX>(first, last, dx);
    else inputs<Mask::kNone>(first, last, dx);
  }

 private:
  template <Mask kMask>
  void sums(std::vector<ChannelSums>& parts) const {
    const std::vector<float> mu = tile_.repeat(std::vector<float>(in_.mean, in_.mean + in_.channels));
    const float *a = a_.data(), *b = b_.data(), *mean = mu.data();
    const float slope = in_.slope;
    parallelRanges(in_.rows, in_.rows * in_.channels, [&](int64_t first, int64_t last, int thread) {
      ChannelSums& part = parts[thread];
      float *s = part.s.data(), *q = part.q.data();
      eachTile(tile_, first, last, [&](int64_t at, int64_t count) {
        eachLanes(count, [&](int64_t j, int n) __attribute__((always_inline)) {
          const Lanes x = load(in_.x + at + j, n), kept = kMask == Mask::kFromY ? load(in_.y + at + j, n) : Lanes{};
          const Lanes g = rectifiedGradient<kMask>(load(in_.dy + at + j, n), x, kept, load(a + j, n), load(b + j, n), slope);
          if (kMask == Mask::kFromY) store(kept_ + at + j, g, n);
          store(s + j, load(s + j, n) + g, n);
          store(q + j, load(q + j, n) + g * (x - load(mean + j, n)), n);
        });
        part.next();
      });
      part.flush();
    });
  }

  // dgamma and dbeta of the sums, and the coefficients of the second pass.
  void finish(const std::vector<ChannelSums>& parts, const Affine& affine, float* dgamma, float* dbeta) {
    std::vector<float> k2(in_.channels), k3(in_.channels);
    for (int64_t c = 0; c < in_.channels; c++) {
      double s = 0, q = 0;
      for (const ChannelSums& part : parts) {
        s += part.first()[c];
        q += part.second()[c];
      }
      const double inverse = 1.0 / std::sqrt(static_cast<double>(in_.variance[c]) + in_.epsilon), scale = affine.scale[c];
      dbeta[c] = static_cast<float>(s);
      dgamma[c] = static_cast<float>(q * inverse);
      const double second = -scale * q * inverse * inverse / in_.rows;
      k2[c] = static_cast<float>(second);
      k3[c] = static_cast<float>(-scale * s / in_.rows - second * in_.mean[c]);
    }
    k2_ = tile_.repeat(k2);
    k3_ = tile_.repeat(k3);
  }

  template <Mask kMask, class Out>
  void inputs(int64_t first, int64_t last, Out* dx) const {
    const float *a = a_.data(), *b = b_.data(), *k2 = k2_.data(), *k3 = k3_.data();
    const Map* gradient = kept_ ? kept_ : in_.dy;
    Out* out = dx - first * in_.channels;
    eachTile(tile_, first, last, [&](int64_t at, int64_t count) {
      eachLanes(count, [&](int64_t j, int n) __attribute__((always_inline)) {
        const Lanes x = load(in_.x + at + j, n), scale = load(a + j, n);
        const Lanes g = rectifiedGradient<kMask>(load(gradient + at + j, n), x, Lanes{}, scale, load(b + j, n), in_.slope);
        store(out + at + j, scale * g + load(k2 + j, n) * x + load(k3 + j, n), n);
      });
    });
  }

  Inputs in_;
  Map* kept_;
  ChannelTile tile_;
  Mask mask_;
  std::vector<float> a_, b_, k2_, k3_;
};

}  // namespace iekd
