// Max and average pooling of NHWC maps and their gradients, padding as tfjs counts it (average over the positions inside).
#include <algorithm>
#include <limits>

#include "../arguments.h"
#include "../registry.h"
#include "../threads.h"

namespace {

using namespace iekd;

// Dimensions in the order in which kernels/pool.ts passes them.
struct PoolShape {
  int64_t batch, inH, inW, outH, outW, channels, filterH, filterW, strideH, strideW, top, left;
  explicit PoolShape(Arguments& in) {
    for (int64_t* v : {&batch, &inH, &inW, &outH, &outW, &channels, &filterH, &filterW, &strideH, &strideW, &top, &left}) *v = in.dim();
  }
  int64_t inSize() const { return batch * inH * inW * channels; }
  int64_t outSize() const { return batch * outH * outW * channels; }
};

struct Window {
  int64_t h0, h1, w0, w1;
  // None where the window lies in the padding altogether.
  int64_t count() const { return std::max<int64_t>(h1 - h0, 0) * std::max<int64_t>(w1 - w0, 0); }
};

Window windowOf(const PoolShape& s, int64_t oh, int64_t ow) {
  const int64_t h = oh * s.strideH - s.top, w = ow * s.strideW - s.left;
  return {std::max<int64_t>(h, 0), std::min(h + s.filterH, s.inH), std::max<int64_t>(w, 0), std::min(w + s.filterW, s.inW)};
}

// A number in every lane.
typedef int32_t Places __attribute__((vector_size(kLanes * sizeof(int32_t))));

// Calls begin(image), then body(image offset in the input, offset in the output, window) for each of its output positions; images
// over threads.
template <class Begin, class Body>
void eachImage(const PoolShape& s, Begin begin, Body body) {
  parallelPieces(s.batch, s.inSize(), [&](int64_t first, int64_t last) {
    for (int64_t n = first; n < last; n++) {
      begin(n);
      for (int64_t oh = 0; oh < s.outH; oh++) {
        for (int64_t ow = 0; ow < s.outW; ow++) {
          body(n * s.inH * s.inW * s.channels, ((n * s.outH + oh) * s.outW + ow) * s.channels, windowOf(s, oh, ow));
        }
      }
    }
  });
}

template <class Body>
void eachPosition(const PoolShape& s, Body body) {
  eachImage(s, [](int64_t) {}, body);
}

template <class Body>
void eachInput(const PoolShape& s, int64_t image, const Window& w, Body body) {
  for (int64_t h = w.h0; h < w.h1; h++) {
    for (int64_t x = w.w0; x < w.w1; x++) body(image + (h * s.inW + x) * s.channels);
  }
}

}  // namespace

// shape, x, y. A NaN wins.
IEKD_KERNEL(MaxPool) {
  const PoolShape s(in);
  const float* x = in.floats(s.inSize());
  float* y = in.floats(s.outSize());
  eachPosition(s, [&](int64_t image, int64_t out, const Window& w) {
    eachLanes(s.channels, [&](int64_t c, int n) __attribute__((always_inline)) {
      Lanes most = Lanes{} - std::numeric_limits<float>::infinity();
      eachInput(s, image, w, [&](int64_t at) {
        const Lanes v = load(x + at + c, n);
        most = ((v > most) | (v != v)) ? v : most;
      });
      store(y + out + c, most, n);
    });
  });
}

// shape, x, dy, dx: the whole gradient goes to the first maximum of each window, as in tfjs
IEKD_KERNEL(MaxPoolGrad) {
  const PoolShape s(in);
  const float *x = in.floats(s.inSize()), *dy = in.floats(s.outSize());
  float* dx = in.floats(s.inSize());
  const int64_t each = s.inH * s.inW * s.channels;
  eachImage(s, [&](int64_t n) { std::fill_n(dx + n * each, each, 0.0f); }, [&](int64_t image, int64_t out, const Window& w) {
    eachLanes(s.channels, [&](int64_t c, int n) __attribute__((always_inline)) {
      // The place of the first maximum, counted over the window in every lane; a first NaN stays.
      Lanes most = {};
      Places first = {}, place = {};
      eachInput(s, image, w, [&](int64_t at) {
        const Lanes v = load(x + at + c, n);
        const Places after = (v > most) | (place == 0);
        most = after ? v : most;
        first = after ? place : first;
        place += 1;
      });
      const Lanes g = load(dy + out + c, n);
      place = Places{};
      eachInput(s, image, w, [&](int64_t at) {
        store(dx + at + c, load(dx + at + c, n) + (first == place ? g : Lanes{}), n);
        place += 1;
      });
    });
  });
}

// shape, x, y
IEKD_KERNEL(AvgPool) {
  const PoolShape s(in);
  const float* x = in.floats(s.inSize());
  float* y = in.floats(s.outSize());
  eachPosition(s, [&](int64_t image, int64_t out, const Window& w) {
    std::fill(y + out, y + out + s.channels, 0.0f);
    eachInput(s, image, w, [&](int64_t at) {
      for (int64_t c = 0; c < s.channels; c++) y[out + c] += x[at + c];
    });
    const float scale = 1.0f / static_cast<float>(w.count());
    for (int64_t c = 0; c < s.channels; c++) y[out + c] *= scale;
  });
}

// shape, dy, dx
IEKD_KERNEL(AvgPoolGrad) {
  const PoolShape s(in);
  const float* dy = in.floats(s.outSize());
  float* dx = in.floats(s.inSize());
  std::fill(dx, dx + s.inSize(), 0.0f);
  const float scale = 1.0f / static_cast<float>(s.filterH * s.filterW);  // tfjs divides by the whole window here, padding included
  eachPosition(s, [&](int64_t image, int64_t out, const Window& w) {
    eachInput(s, image, w, [&](int64_t at) {
      for (int64_t c = 0; c < s.channels; c++) dx[at + c] += dy[out + c] * scale;
    });
  });
}

// batch, positions, channels, x, y: the mean over all positions; y is float32 whatever x is
IEKD_KERNEL(GlobalAveragePool) {
  withPrecision(in, [&](auto precision) {
    using Map = typename decltype(precision)::Map;
    const int64_t batch = in.dim(), positions = in.dim(), channels = in.dim();
    const Map* x = in.maps<Map>(batch * positions * channels);
    float* y = in.floats(batch * channels);
    parallelPieces(batch, batch * positions * channels, [&](int64_t first, int64_t last) {
      for (int64_t image = first; image < last; image++)
        eachLanes(channels, [&](int64_t c, int n) __attribute__((always_inline)) {
          Lanes sum = {};
          for (int64_t p = 0; p < positions; p++) sum += load(x + (image * positions + p) * channels + c, n);
          store(y + image * channels + c, sum / static_cast<float>(positions), n);
        });
    });
  });
}

// batch, positions, channels, dy, dx; dy is float32 whatever dx is
IEKD_KERNEL(GlobalAveragePoolGrad) {
  withPrecision(in, [&](auto precision) {
    using Map = typename decltype(precision)::Map;
    const int64_t batch = in.dim(), positions = in.dim(), channels = in.dim();
    const float* dy = in.floats(batch * channels);
    Map* dx = in.maps<Map>(batch * positions * channels);
    parallelPieces(batch, batch * positions * channels, [&](int64_t first, int64_t last) {
      for (int64_t image = first; image < last; image++)
        eachLanes(channels, [&](int64_t c, int n) __attribute__((always_inline)) {
          const Lanes each = load(dy + image * channels + c, n) / static_cast<float>(positions);
          for (int64_t p = 0; p < positions; p++) store(dx + (image * positions + p) * channels + c, each, n);
        });
    });
  });
}
