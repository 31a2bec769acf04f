// The gradient of training-mode batch norm with residual and activation, in two passes: g = dy through the activation with the sums of
// g and g · (x − mean), then dx = k1 · g + k2 · x + k3 a channel. The second can be asked for piece by piece.
#pragma once
#include "../threads.h"
#include "Activation.h"
#include "ChannelTile.h"
#include "Moments.h"

namespace iekd {

// Where the activation's derivative comes from: y recomputed from x, or the y that was kept because a residual is in it.
enum class Source { kFromX, kFromY };

template <class Map>
class NormaliseGradient {
 public:
  struct Inputs {
    const Map *x, *dy, *y;  // y, and dresidual below, exactly where there is a residual under an activation
    const float *gamma, *beta, *mean, *variance;
    float epsilon;
    Activation act;
    int64_t rows, channels;
  };

  // Runs the first pass.
  NormaliseGradient(const Inputs& inputs, float* dgamma, float* dbeta, Map* dresidual)
      : in_(inputs),
        kept_(dresidual),
        tile_(inputs.channels) {
    const Affine affine(in_.mean, in_.variance, in_.gamma, in_.beta, in_.epsilon, in_.channels);
    a_ = tile_.repeat(affine.scale);
    b_ = tile_.repeat(affine.shift);
    PartSums parts(tile_);
    withEnd(in_.act, [&](auto end) {
      if (in_.y) sums<Source::kFromY, end.value>(parts);
      else sums<Source::kFromX, end.value>(parts);
    });
    finish(parts, affine, dgamma, dbeta);
  }

  // The second pass over rows [first, last): writes (last − first) · channels values from `dx` on.
  template <class Out>
  void inputGradient(int64_t first, int64_t last, Out* dx) const {
    if (kept_) return inputs<End::kNone>(first, last, dx);
    withEnd(in_.act, [&](auto end) { inputs<end.value>(first, last, dx); });
  }

 private:
  // What the activation was given, as far as its derivative is concerned.
  template <End kEnd>
  static Lanes given(Lanes x, Lanes a, Lanes b) {
    const Lanes v = x * a + b;
    return kEnd == End::kClipped ? asKept(static_cast<const Map*>(nullptr), v) : v;
  }

  template <Source kSource, End kEnd>
  void sums(PartSums& parts) const {
    const std::vector<float> mu = tile_.repeat(std::vector<float>(in_.mean, in_.mean + in_.channels));
    const float *a = a_.data(), *b = b_.data(), *mean = mu.data();
    const Activation act = in_.act;
    parallelParts(in_.rows, in_.rows * in_.channels, [&](int64_t first, int64_t last, int number) {
      ChannelSums& part = parts.of(number);
      float *s = part.s.data(), *q = part.q.data();
      eachTile(tile_, first, last, [&](int64_t at, int64_t count) {
        eachLanes(count, [&](int64_t j, int n) __attribute__((always_inline)) {
          const Lanes x = load(in_.x + at + j, n);
          const Lanes v = kSource == Source::kFromY ? load(in_.y + at + j, n) : given<kEnd>(x, load(a + j, n), load(b + j, n));
          const Lanes g = activationGradient<kEnd>(load(in_.dy + at + j, n), v, act);
          if (kSource == Source::kFromY) store(kept_ + at + j, g, n);
          store(s + j, load(s + j, n) + g, n);
          store(q + j, load(q + j, n) + g * (x - load(mean + j, n)), n);
        });
        part.next();
      });
      part.flush();
    });
  }

  // dgamma and dbeta of the sums, and the coefficients of the second pass.
  void finish(const PartSums& parts, const Affine& affine, float* dgamma, float* dbeta) {
    std::vector<float> k2(in_.channels), k3(in_.channels);
    std::vector<double> firsts, seconds;
    parts.total(firsts, seconds);
    for (int64_t c = 0; c < in_.channels; c++) {
      const double s = firsts[c], q = seconds[c];
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

  template <End kEnd, class Out>
  void inputs(int64_t first, int64_t last, Out* dx) const {
    const float *a = a_.data(), *b = b_.data(), *k2 = k2_.data(), *k3 = k3_.data();
    const Map* gradient = kept_ ? kept_ : in_.dy;
    Out* out = dx - first * in_.channels;
    eachTile(tile_, first, last, [&](int64_t at, int64_t count) {
      eachLanes(count, [&](int64_t j, int n) __attribute__((always_inline)) {
        const Lanes x = load(in_.x + at + j, n), scale = load(a + j, n);
        const Lanes g = activationGradient<kEnd>(load(gradient + at + j, n), given<kEnd>(x, scale, load(b + j, n)), in_.act);
        store(out + at + j, scale * g + load(k2 + j, n) * x + load(k3 + j, n), n);
      });
    });
  }

  Inputs in_;
  Map* kept_;
  ChannelTile tile_;
  std::vector<float> a_, b_, k2_, k3_;
};

}  // namespace iekd
