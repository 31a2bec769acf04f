// Filters in the transformed domain, as products read them: panels of as many output channels as a corner of a product is wide, one
// below the other, [xi][to / panel][from][panel], so that a product walks through memory from end to end.
#pragma once
#include <vector>

#include "../threads.h"
#include "Filtering.h"
#include "cells.h"
#include "products.h"

namespace iekd::winograd {

// The 3×3 taps of input channel `from` for the output channels [to, to + kLanes), each times `scale` where given.
struct Taps {
  const float* filter;
  int64_t from, to;
  const float* scale;

  void operator()(int64_t r, int64_t c, Lanes (&g)[3][3]) const {
    for (int k = 0; k < 9; k++) {
      g[k / 3][k % 3] = load(filter + (k * from + r) * to + c);
      if (scale) g[k / 3][k % 3] *= load(scale + c);
    }
  }
};

// The same of the convolution backwards, from the gradient of the output to that of the input: filter[3][3][to][from], turned by half
// a circle. Squares of kLanes × kLanes channels are transposed once, and served row by row.
class TurnedTaps {
 public:
  TurnedTaps(const float* filter, int64_t from, int64_t to) : filter_(filter), from_(from), to_(to) {}

  void operator()(int64_t r, int64_t c, Lanes (&g)[3][3]) {
    const int64_t row = r % kLanes;
    if (row == 0) transpose(r, c);
    for (int k = 0; k < 9; k++) g[k / 3][k % 3] = load(square_[8 - k][row]);
  }

 private:
  void transpose(int64_t r, int64_t c) {
    for (int k = 0; k < 9; k++)
      for (int i = 0; i < kLanes; i++) {
        const float* p = filter_ + (k * to_ + c + i) * from_ + r;
        for (int j = 0; j < kLanes; j++) square_[k][j][i] = p[j];
      }
  }

  const float* filter_;
  int64_t from_, to_;
  float square_[9][kLanes][kLanes];
};

// u[xi][to / panel][from][panel] of what `taps` gives.
template <class F, class GivenTaps>
inline void transformFilter(int64_t from, int64_t to, const GivenTaps& taps, std::vector<float>& u) {
  constexpr int kPatch = F::kPatch, kPlanes = kPatch * kPatch;
  const int64_t panel = panelWidth(to), rows = from / kLanes;
  u.resize(kPlanes * from * to);
  parallelPieces(to / kLanes * rows, kPlanes * from * to, [&](int64_t first, int64_t last) {
    GivenTaps own = taps;
    for (int64_t at = first; at < last; at++) {
      const int64_t c = at / rows * kLanes;
      for (int64_t r = at % rows * kLanes, end = r + kLanes; r < end; r++) {
        Lanes g[3][3], w[kPatch][kPatch];
        own(r, c, g);
        both(g, w, F::filter);
        float* p = &u[c / panel * panel * from + r * panel + c % panel];
        for (int xi = 0; xi < kPlanes; xi++) store(p + xi * from * to, w[xi / kPatch][xi % kPatch]);
      }
    }
  });
}

// The planes of filter[3][3][from][to] for `products.h`, or of `turned`, filter[3][3][to][from]. Good until the next call.
template <class F, class Cells>
inline const typename Cells::Cell* filterPlanes(const float* filter, int64_t from, int64_t to, bool turned,
                                                const float* scale = nullptr) {
  static std::vector<float> u;
  if (turned) transformFilter<F>(from, to, TurnedTaps(filter, from, to), u);
  else transformFilter<F>(from, to, Taps{filter, from, to, scale}, u);
  return inCells<Cells>(u, panelWidth(to));
}

}  // namespace iekd::winograd
