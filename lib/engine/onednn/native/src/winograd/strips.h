// 3×3 convolutions of stride 1 by F(4, 3) along the rows of a map alone: strips of four outputs from six inputs, summed over the three
// rows of the filter. Half the products of a direct convolution, where tiles (Winograd.h) need a quarter, but a fifth of their
// transforms and less of their rounding: the better way where products are cheap, as they are in bfloat16.
#pragma once
#include <algorithm>
#include <vector>

#include "../threads.h"
#include "Filtering.h"
#include "Shape.h"
#include "products.h"

namespace iekd::winograd {

// The strips of some rows of some images, and where their transforms stand: kPatch matrices [strip][channel], a plane apart.
struct Strips {
  static constexpr int kOut = F4::kOut, kPatch = F4::kPatch;

  int64_t images, rows, across;  // across: strips in a row

  // About `many` strips: rows of one image, or whole images.
  static Strips about(const Shape& s, int64_t many) {
    const int64_t across = (s.outWidth + kOut - 1) / kOut;
    const int64_t rows = std::clamp<int64_t>(many / across, 1, s.outHeight);
    return {rows < s.outHeight ? 1 : std::clamp<int64_t>(many / (rows * across), 1, s.batch), rows, across};
  }

  // Strips of inputs above and below included, of one image and of all.
  int64_t inputsEach() const { return (rows + 2) * across; }
  int64_t inputs() const { return images * inputsEach(); }
  // Of outputs, in whole corners of products.
  int64_t outputsEach() const { return (rows * across + kRows - 1) / kRows * kRows; }
  int64_t outputs() const { return images * outputsEach(); }

  int64_t inputPlane(int64_t channels) const { return plane(inputs() + kRows, channels); }
  int64_t outputPlane(int64_t channels) const { return plane(outputs(), channels); }

  static constexpr int kRows = 2 * kAccumulators / 3;  // of a corner one register wide; half as many of one that is two wide
};

// Calls put(strip, channel, transform) for the strips of a row of a map, channels in registers; zero beyond the row's ends.
template <class Map, class Put>
inline void transformInputs(const Map* row, int64_t width, int64_t channels, int64_t padLeft, int64_t strips, Put put) {
  constexpr int kPatch = F4::kPatch, kShared = F4::kPatch - F4::kOut;
  for (int64_t k = 0; k < channels; k += kLanes) {
    const auto at = [&](int64_t x) __attribute__((always_inline)) {
      return x >= 0 && x < width ? load(row + x * channels + k) : Lanes{};
    };
    Lanes d[kPatch], v[kPatch];
#pragma GCC unroll 6
    for (int i = 0; i < kShared; i++) d[F4::kOut + i] = at(i - padLeft);
    for (int64_t strip = 0; strip < strips; strip++) {
      const int64_t x = strip * F4::kOut - padLeft;
#pragma GCC unroll 6
      for (int i = 0; i < kShared; i++) d[i] = d[F4::kOut + i];
      if (x + kPatch <= width) {
        const Map* p = row + (x + kShared) * channels + k;
#pragma GCC unroll 6
        for (int i = 0; i < F4::kOut; i++) d[kShared + i] = load(p + i * channels);
      } else {
#pragma GCC unroll 6
        for (int i = kShared; i < kPatch; i++) d[i] = at(x + i);
      }
      F4::input(d, v);
      put(strip, k, v);
    }
  }
}

// u[xi][3][to / panel][from][panel] of filter[3][3][from][to], each output channel times `scale` where given; in cells, pairs of input
// channels side by side. Good until the next call.
template <class Cells>
inline const typename Cells::Cell* stripFilter(const float* filter, int64_t from, int64_t to, const float* scale) {
  constexpr int kPatch = F4::kPatch;
  static std::vector<float> u;
  u.resize(kPatch * 3 * from * to);
  const int64_t panel = panelWidth(to);
  for (int i = 0; i < 3; i++)
    for (int64_t r = 0; r < from; r++)
      for (int64_t c = 0; c < to; c += kLanes) {
        Lanes g[3], w[kPatch];
        for (int j = 0; j < 3; j++) {
          g[j] = load(filter + ((i * 3 + j) * from + r) * to + c);
          if (scale) g[j] *= load(scale + c);
        }
        F4::filter(g, w);
        for (int xi = 0; xi < kPatch; xi++) store(&u[((xi * 3 + i) * to + c / panel * panel) * from + r * panel + c % panel], w[xi]);
      }
  return inCells<Cells>(u, panel);
}

// m[kRows][kWide] = Σ over the filter's rows of v[kRows][from] · u[from][kWide]; `below` is the distance of a strip's next row.
// kFrom is `from` where the compiler is to know it, so that one pointer serves all rows, or 0.
template <class Cells, int kRows, int kWide, int kFrom>
inline void stripProduct(const typename Cells::Cell* v, int64_t below, const typename Cells::Cell* u, float* m, int64_t channels,
                         int64_t to) {
  const int64_t from = kFrom ? kFrom : channels;
  Lanes sum[kRows][kWide] = {};
  for (int i = 0; i < 3; i++, v += below, u += from * to)
    for (int64_t c = 0; c < from; c += Cells::kPair) addProducts(sum, v + c, from, u + c * kWide * kLanes);
#pragma GCC unroll 24
  for (int r = 0; r < kRows; r++)
#pragma GCC unroll 4
    for (int k = 0; k < kWide; k++) store(m + r * to + k * kLanes, sum[r][k]);
}

template <class Cells, int kWide, int kFrom>
inline void stripProductsOf(const Shape& s, const Strips& strips, const typename Cells::Cell* v, const typename Cells::Cell* u,
                            float* m) {
  constexpr int kRows = Strips::kRows / kWide;
  for (int xi = 0; xi < F4::kPatch; xi++)
    for (int64_t k = 0; k < s.to; k += kWide * kLanes)
      for (int64_t image = 0; image < strips.images; image++) {
        const auto* left = v + xi * strips.inputPlane(s.from) + image * strips.inputsEach() * s.from;
        float* out = m + xi * strips.outputPlane(s.to) + image * strips.outputsEach() * s.to + k;
        for (int64_t t = 0; t < strips.rows * strips.across; t += kRows)
          stripProduct<Cells, kRows, kWide, kFrom>(left + t * s.from, strips.across * s.from, u + (xi * 3 * s.to + k) * s.from,
                                            out + t * s.to, s.from, s.to);
      }
}

template <class Cells, int kWide>
inline void stripProductsFrom(const Shape& s, const Strips& strips, const typename Cells::Cell* v, const typename Cells::Cell* u,
                              float* m) {
  if (s.from == 16) stripProductsOf<Cells, kWide, 16>(s, strips, v, u, m);
  else if (s.from == 32) stripProductsOf<Cells, kWide, 32>(s, strips, v, u, m);
  else if (s.from == 64) stripProductsOf<Cells, kWide, 64>(s, strips, v, u, m);
  else stripProductsOf<Cells, kWide, 0>(s, strips, v, u, m);
}

// One thread's room.
struct StripRoom {
  std::vector<float> input, output;  // as many floats as cells, which are no larger

  static StripRoom& mine() {
    static thread_local StripRoom room;
    return room;
  }

  template <class Cells>
  static typename Cells::Cell* cells(std::vector<float>& room, int64_t count) {
    if (static_cast<int64_t>(room.size()) < count) room.resize(count);
    return reinterpret_cast<typename Cells::Cell*>(room.data());
  }
};

// Transforms the rows [first, last) of the strips' inputs, counted from the one above the first output.
template <class Cells, class Map>
inline void gatherInputs(const Shape& s, const Strips& strips, const Map* x, int64_t row, int64_t first, int64_t last,
                         typename Cells::Cell* v) {
  const int64_t step = strips.inputPlane(s.from);
  for (int64_t r = first; r < last; r++) {
    typename Cells::Cell* to = v + r * strips.across * s.from;
    const int64_t y = row + r - s.padTop;
    if (y < 0 || y >= s.height) {
      for (int xi = 0; xi < F4::kPatch; xi++) std::fill_n(to + xi * step, strips.across * s.from, typename Cells::Cell{});
      continue;
    }
    transformInputs(x + y * s.width * s.from, s.width, s.from, s.padLeft, strips.across,
                    [&](int64_t strip, int64_t k, const Lanes (&u)[F4::kPatch]) __attribute__((always_inline)) {
#pragma GCC unroll 6
                      for (int xi = 0; xi < F4::kPatch; xi++) Cells::storeRow(to + xi * step + strip * s.from + k, u[xi]);
                    });
  }
}

// The outputs of the strips at rows from `row` on of images from `image` on, each strip handed to `emit(pixel, channel, values, 1, columns)`.
template <class Cells, class Emit>
inline void scatterOutputs(const Shape& s, const Strips& strips, const float* m, int64_t image, int64_t row, Emit& emit) {
  const int64_t step = strips.outputPlane(s.to), rows = std::min(strips.rows, s.outHeight - row);
  for (int64_t i = 0; i < strips.images; i++)
    for (int64_t r = 0; r < rows; r++)
      for (int64_t x = 0, strip = 0; x < s.outWidth; x += F4::kOut, strip++) {
        const float* p = m + (i * strips.outputsEach() + r * strips.across + strip) * s.to;
        const int64_t pixel = ((image + i) * s.outHeight + row + r) * s.outWidth + x;
        const int columns = static_cast<int>(std::min<int64_t>(F4::kOut, s.outWidth - x));
        for (int64_t k = 0; k < s.to; k += kLanes) {
          Lanes d[F4::kPatch], y[1][F4::kOut];
#pragma GCC unroll 6
          for (int xi = 0; xi < F4::kPatch; xi++) d[xi] = load(p + xi * step + k);
          F4::output(d, y[0]);
          if (columns == F4::kOut) emit(pixel, k, y, 1, F4::kOut);
          else emit(pixel, k, y, 1, columns);
        }
      }
}

// The convolution's outputs of images [first, last), handed to `emit`; `emit.rest()` follows each block.
template <class Cells, class Map, class Emit>
inline void stripForward(const Shape& s, const Map* x, const typename Cells::Cell* u, int64_t first, int64_t last, Emit& emit) {
  const Strips most = Strips::about(s, 32);
  StripRoom& room = StripRoom::mine();
  auto* v = StripRoom::cells<Cells>(room.input, F4::kPatch * most.inputPlane(s.from));
  float* m = StripRoom::cells<FloatCells>(room.output, F4::kPatch * most.outputPlane(s.to));
  for (int64_t image = first; image < last; image += most.images) {
    Strips strips = most;
    strips.images = std::min(most.images, last - image);
    for (int64_t row = 0; row < s.outHeight; row += strips.rows) {
      const int64_t known = row > 0 ? 2 : 0;  // of the input's rows, the last two of the block before
      if (known)
        for (int xi = 0; xi < F4::kPatch; xi++) {
          auto* rows = v + xi * strips.inputPlane(s.from);
          std::copy_n(rows + strips.rows * strips.across * s.from, 2 * strips.across * s.from, rows);
        }
      for (int64_t i = 0; i < strips.images; i++)
        gatherInputs<Cells>(s, strips, x + (image + i) * s.inEach(), row, known, strips.rows + 2, v + i * strips.inputsEach() * s.from);
      if (panelWidth(s.to) == 2 * kLanes) stripProductsFrom<Cells, 2>(s, strips, v, u, m);
      else stripProductsFrom<Cells, 1>(s, strips, v, u, m);
      scatterOutputs<Cells>(s, strips, m, image, row, emit);
      emit.rest();
    }
  }
}

}  // namespace iekd::winograd
