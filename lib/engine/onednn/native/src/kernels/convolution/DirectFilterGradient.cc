// The filter's gradient of any convolution that Winograd's algorithm does not take (strides, 1×1, few channels), as a sum of outer
// products over output pixels: dfilter[i][j][to] += x[pixel · stride + i][j] · dy[pixel][to], where j counts the columns of the filter
// and the channels of x together, since those are neighbours in memory. Images are copied into a frame of zeros first, as float32,
// so that the sums know no edges. oneDNN's own takes twice as long where maps are bfloat16.
#include <vector>

#include "../../arguments.h"
#include "../../registry.h"
#include "../../threads.h"
#include "Convolution.h"

namespace {

using namespace iekd;

// The padded image: rows of `row` values.
struct Frame {
  int64_t height, row;

  explicit Frame(const ConvShape& s) : height(s.d[1] + s.d[13] + s.d[14]), row((s.d[2] + s.d[15] + s.d[16]) * s.d[3]) {}
};

// Copies an image into the middle of a frame whose border is zero already.
template <class Map>
void fill(const ConvShape& s, const Frame& frame, const Map* x, float* out) {
  const int64_t row = s.d[2] * s.d[3];
  for (int64_t h = 0; h < s.d[1]; h++) {
    float* to = out + (h + s.d[13]) * frame.row + s.d[15] * s.d[3];
    eachLanes(row, [&](int64_t j, int n) __attribute__((always_inline)) { store(to + j, load(x + h * row + j, n), n); });
  }
}

// One call's view of an image for a corner of kRows × kWide registers of the gradient.
struct Corner {
  const float *x, *dy;
  int64_t rows, columns, xRow, xStep, dyRow, dyStep;
};

template <int kRows, int kWide>
void addOuter(const Corner& c, float* sum, int64_t to) {
  Lanes s[kRows][kWide];
  for (int r = 0; r < kRows; r++)
    for (int k = 0; k < kWide; k++) s[r][k] = load(sum + r * to + k * kLanes);
  for (int64_t h = 0; h < c.rows; h++) {
    const float *x = c.x + h * c.xRow, *dy = c.dy + h * c.dyRow;
    for (int64_t w = 0; w < c.columns; w++, x += c.xStep, dy += c.dyStep) {
      Lanes g[kWide];
#pragma GCC unroll 2
      for (int k = 0; k < kWide; k++) g[k] = load(dy + k * kLanes);
#pragma GCC unroll 12
      for (int r = 0; r < kRows; r++)
#pragma GCC unroll 2
        for (int k = 0; k < kWide; k++) s[r][k] += x[r] * g[k];
    }
  }
  for (int r = 0; r < kRows; r++)
    for (int k = 0; k < kWide; k++) store(sum + r * to + k * kLanes, s[r][k]);
}

// All rows [0, count) of a strip of kWide registers, in corners of falling height.
template <int kWide>
void addStrip(Corner c, float* sum, int64_t to, int64_t count) {
  constexpr int kMost = kAccumulators / 2;
  int64_t r = 0;
  for (; r + kMost <= count; r += kMost, c.x += kMost) addOuter<kMost, kWide>(c, sum + r * to, to);
  for (; r + 4 <= count; r += 4, c.x += 4) addOuter<4, kWide>(c, sum + r * to, to);
  for (; r < count; r++, c.x++) addOuter<1, kWide>(c, sum + r * to, to);
}

// One thread's part: its own sums [filterHeight][filterWidth · from][to padded to whole registers].
struct Part {
  std::vector<float> frame, dy, sum;
};

template <class Map>
void addImages(const ConvShape& s, const Map* x, const Map* dy, int64_t first, int64_t last, Part& part) {
  const auto& d = s.d;
  const Frame frame(s);
  const int64_t to = (d[6] + kLanes - 1) / kLanes * kLanes, pixels = d[4] * d[5], span = d[8] * d[3];
  part.frame.assign(frame.height * frame.row, 0.0f);
  part.dy.assign(pixels * to, 0.0f);
  part.sum.assign(d[7] * span * to, 0.0f);
  for (int64_t image = first; image < last; image++) {
    fill(s, frame, x + image * d[1] * d[2] * d[3], part.frame.data());
    const Map* g = dy + image * pixels * d[6];
    for (int64_t p = 0; p < pixels; p++)
      eachLanes(d[6], [&](int64_t j, int n) __attribute__((always_inline)) { store(&part.dy[p * to + j], load(g + p * d[6] + j, n), n); });
    for (int64_t i = 0; i < d[7]; i++)
      for (int64_t k = 0; k < to;) {
        const Corner corner{&part.frame[i * frame.row], &part.dy[k], d[4], d[5], d[9] * frame.row, d[10] * d[3], d[5] * to, to};
        float* sum = &part.sum[i * span * to + k];
        const bool two = k + 2 * kLanes <= to;
        (two ? addStrip<2> : addStrip<1>)(corner, sum, to, span);
        k += two ? 2 * kLanes : kLanes;
      }
  }
}

}  // namespace

// conv…, x, dy, dfilter; not dilated
IEKD_KERNEL(DirectConv2DBackpropFilter) {
  withPrecision(in, [&](auto precision) {
    using Map = typename decltype(precision)::Map;
    const ConvShape s(in);
    const auto& d = s.d;
    const Map *x = in.maps<Map>(s.inSize()), *dy = in.maps<Map>(s.outSize());
    float* dfilter = in.floats(s.filterSize());
    const bool inside = d[7] + (d[4] - 1) * d[9] <= d[1] + d[13] + d[14] && d[8] + (d[5] - 1) * d[10] <= d[2] + d[15] + d[16];
    if (d[11] != 1 || d[12] != 1 || d[4] < 1 || d[5] < 1 || !inside) in.fail("a convolution without dilation, inside its padding,");
    static std::vector<Part> parts;
    parts.resize(threadCount());
    for (Part& part : parts) part.sum.clear();
    parallelRanges(s.batch(), s.inSize() + s.outSize(),
                   [&](int64_t first, int64_t last, int range) { addImages(s, x, dy, first, last, parts[range]); });
    const int64_t rows = d[7] * d[8] * d[3], to = (d[6] + kLanes - 1) / kLanes * kLanes;
    parallelPieces(rows, rows * to * static_cast<int64_t>(parts.size()), [&](int64_t first, int64_t last) {
      for (int64_t r = first; r < last; r++)
        for (int64_t k = 0; k < d[6]; k += kLanes) {
          Lanes total = {};
          for (const Part& part : parts)
            if (!part.sum.empty()) total += load(&part.sum[r * to + k]);
          store(dfilter + r * d[6] + k, total, static_cast<int>(std::min<int64_t>(kLanes, d[6] - k)));
        }
    });
  });
}
