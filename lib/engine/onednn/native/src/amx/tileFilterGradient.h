// The filter's gradient of a 3×3 convolution of stride 1 as a product of matrices over places:
//   dfilter[tap · from + c][k] = Σ_p x[p + tap][c] · dy[p][k]
// over padded rows, where dy is zero between the rows of outputs. x is turned once a block, and a tap is an offset in its lines; dy stands
// in pairs of places.
#pragma once
#include "../winograd/FilterSums.h"
#include "PaddedRows.h"
#include "TileRegisters.h"
#include "transposed.h"

#ifdef IEKD_AMX
namespace iekd::amx {

class TileFilterGradient {
 public:
  explicit TileFilterGradient(const Shape& s)
      : s_(s), x_(s), most_(std::max(kFewRows, kPlaces / x_.pitch)), chunk_((most_ * x_.pitch + kDepth - 1) / kDepth * kDepth),
        line_((chunk_ + 2 * x_.pitch + 2 + kDepth - 1) / kDepth * kDepth) {
    if (line_ / kDepth % 2 == 0) line_ += kDepth;  // an odd number of cache lines, so that lines do not crowd one set
  }

  int64_t sums() const { return 9 * s_.from * s_.to; }

  // sum[3][3][from][to] += that of some images: x of the first, and dy as padded rows of the shape backwards.
  template <class Map>
  void add(int64_t images, const Map* x, const uint16_t* dy, float* sum) const {
    static thread_local Room rows, turned, pairs;
    uint16_t* in = rows.halves(x_.size(most_));
    uint16_t* left = turned.halves(line_ * s_.from);
    uint16_t* right = pairs.halves(chunk_ * s_.to);
    const int64_t all = images * x_.rows, wide = s_.width * s_.from;
    const uint16_t* first = dy + ((2 - s_.padTop) * x_.pitch + 2 - s_.padLeft) * s_.to;  // the first output's
    for (int64_t row = 0; row < all; row += most_) {
      const int64_t count = std::min(most_, all - row), places = count * x_.pitch;
      x_.fill(images, row, count, in, [&](int64_t image, int64_t y, uint16_t* out) {
        std::memcpy(out, x + image * s_.inEach() + y * wide, wide * sizeof(Map));
      });
      const int64_t depth = (places + kDepth - 1) / kDepth;
      turnAll(in, depth * kDepth + 2 * x_.pitch + 2, left);
      pairAll(first + row * x_.pitch * s_.to, places, right);
      if (s_.to % (2 * kRows) == 0) addPanels<2>(left, right, depth, sum);
      else addPanels<1>(left, right, depth, sum);
    }
  }

  // gradient[3][3][from][to] of the threads' sums, added in the order of the threads. Sums of threads that had no work are empty.
  void finish(const winograd::FilterSums& all, float* gradient) const {
    const int64_t size = sums();
    parallelPieces(size / kLanes, static_cast<int64_t>(all.parts.size()) * size, [&](int64_t first, int64_t last) {
      for (int64_t i = first * kLanes; i < last * kLanes; i += kLanes) {
        Lanes total = {};
        for (const auto& sum : all.parts)
          if (!sum.empty()) total += load(&sum[i]);
        store(gradient + i, total);
      }
    });
  }

 private:
  static constexpr int64_t kPlaces = 512, kFewRows = 8;  // of a block

  // left[channel][place].
  void turnAll(const uint16_t* in, int64_t places, uint16_t* left) const {
    for (int64_t c = 0; c < s_.from; c += kRows)
      for (int64_t p = 0; p < places; p += kDepth) turn(in + p * s_.from + c, s_.from, left + c * line_ + p, line_);
  }

  // right[to / 16][pair][16][2], zeros beyond the last place.
  void pairAll(const uint16_t* dy, int64_t places, uint16_t* right) const {
    const int64_t pairs = (places + kDepth - 1) / kDepth * kDepth / 2, whole = places / 2;
    const auto keep = [&](WordLanes pair) {
      std::memcpy(right, &pair, sizeof pair);
      right += 2 * kRows;
    };
    for (int64_t k = 0; k < s_.to; k += kRows) {
      const uint16_t* at = dy + k;
      for (int64_t j = 0; j < whole; j++, at += 2 * s_.to) keep(pairUp(at, at + s_.to));
      HalfLanes last;
      std::memcpy(&last, at, sizeof last);
      for (int64_t j = whole; j < pairs; j++) keep(2 * j < places ? wordsOf(last) : WordLanes{});
    }
  }

  // Where the left tiles of row m · 16 of the gradient begin; neighbouring m are taps of the same channels.
  const uint16_t* leftOf(const uint16_t* left, int64_t m) const {
    return left + m / 9 * kRows * line_ + m % 9 / 3 * x_.pitch + m % 3;
  }
  float* sumOf(float* sum, int64_t m) const { return sum + (m % 9 * s_.from + m / 9 * kRows) * s_.to; }

  // All rows of the gradient, kWide tiles of outputs at a time.
  template <int kWide>
  void addPanels(const uint16_t* left, const uint16_t* right, int64_t depth, float* sum) const {
    const int64_t count = 9 * s_.from / kRows;
    for (int64_t k = 0; k < s_.to; k += kWide * kRows, right += kWide * depth * kHalves) {
      int64_t m = 0;
      for (; m + 4 / kWide <= count; m += 4 / kWide) {
        if (kWide == 2) addSquare(left, right, depth, sum + k, m);
        else addColumn(left, right, depth, sum + k, m);
      }
      for (; m < count; m++)
        for (int j = 0; j < kWide; j++) addOne(leftOf(left, m), right + j * depth * kHalves, depth, sumOf(sum + k + j * kRows, m));
    }
  }

  // Rows m and m + 1 and two tiles of outputs.
  void addSquare(const uint16_t* left, const uint16_t* right, int64_t depth, float* sum, int64_t m) const {
    const int64_t line = 2 * line_, row = 4 * s_.to;
    const uint16_t *a = leftOf(left, m), *b = leftOf(left, m + 1), *other = right + depth * kHalves;
    float *first = sumOf(sum, m), *second = sumOf(sum, m + 1);
    loadTile<0>(first, row), loadTile<1>(first + kRows, row), loadTile<2>(second, row), loadTile<3>(second + kRows, row);
    for (int64_t d = 0; d < depth; d++) {
      loadTile<6>(right + d * kHalves, kRowBytes);
      loadTile<4>(a + d * kDepth, line);
      addProduct<0, 4, 6>();
      loadTile<7>(other + d * kHalves, kRowBytes);
      addProduct<1, 4, 7>();
      loadTile<5>(b + d * kDepth, line);
      addProduct<2, 5, 6>();
      addProduct<3, 5, 7>();
    }
    storeTile<0>(first, row), storeTile<1>(first + kRows, row), storeTile<2>(second, row), storeTile<3>(second + kRows, row);
  }

  // Rows m to m + 3 and one tile of outputs.
  void addColumn(const uint16_t* left, const uint16_t* right, int64_t depth, float* sum, int64_t m) const {
    const int64_t line = 2 * line_, row = 4 * s_.to;
    const uint16_t *a = leftOf(left, m), *b = leftOf(left, m + 1), *c = leftOf(left, m + 2), *d = leftOf(left, m + 3);
    float *first = sumOf(sum, m), *second = sumOf(sum, m + 1), *third = sumOf(sum, m + 2), *fourth = sumOf(sum, m + 3);
    loadTile<0>(first, row), loadTile<1>(second, row), loadTile<2>(third, row), loadTile<3>(fourth, row);
    for (int64_t i = 0; i < depth; i++) {
      const int64_t at = i * kDepth;
      loadTile<7>(right + i * kHalves, kRowBytes);
      loadTile<4>(a + at, line);
      addProduct<0, 4, 7>();
      loadTile<5>(b + at, line);
      addProduct<1, 5, 7>();
      loadTile<6>(c + at, line);
      addProduct<2, 6, 7>();
      loadTile<4>(d + at, line);
      addProduct<3, 4, 7>();
    }
    storeTile<0>(first, row), storeTile<1>(second, row), storeTile<2>(third, row), storeTile<3>(fourth, row);
  }

  // One tile of the gradient, what is left over.
  void addOne(const uint16_t* left, const uint16_t* right, int64_t depth, float* sum) const {
    loadTile<0>(sum, 4 * s_.to);
    for (int64_t d = 0; d < depth; d++) {
      loadTile<6>(right + d * kHalves, kRowBytes);
      loadTile<4>(left + d * kDepth, 2 * line_);
      addProduct<0, 4, 6>();
    }
    storeTile<0>(sum, 4 * s_.to);
  }

  Shape s_;
  PaddedRows x_;
  int64_t most_, chunk_, line_;  // rows of a block, its places in whole tiles, distance of the turned lines
};

}  // namespace iekd::amx
#endif
