// A 3×3 convolution of stride 1 as it is defined, by tile products over padded rows: products of bfloat16 are exact in float32, and sums
// are float32.
#pragma once
#include "PaddedRows.h"
#include "TileRegisters.h"
#include "filterTiles.h"

#ifdef IEKD_AMX
namespace iekd::amx {

// Values of a block of padded rows: 64 kB.
constexpr int64_t kBlock = 32768;

// A walk over the places of outputs, with what `emit` calls them: pixels of [image][outHeight][outWidth].
class OutputPlaces {
 public:
  OutputPlaces(const Shape& s, const PaddedRows& padded, int64_t row)
      : s_(s), padded_(padded), image_(row / padded.rows), y_(row % padded.rows) {}

  // Calls put(i, pixel, n) for the runs of n outputs in a row among the next `count` places, i counted from the first of them.
  template <class Put>
  void next(int64_t count, Put put) {
    for (int64_t i = 0; i < count;) {
      const int64_t n = std::min(count - i, padded_.pitch - x_), real = y_ < s_.outHeight ? std::min(n, s_.outWidth - x_) : 0;
      if (real > 0) put(i, (image_ * s_.outHeight + y_) * s_.outWidth + x_, static_cast<int>(real));
      i += n;
      if ((x_ += n) < padded_.pitch) continue;
      x_ = 0;
      if (++y_ < padded_.rows) continue;
      y_ = 0;
      image_++;
    }
  }

 private:
  const Shape& s_;
  const PaddedRows& padded_;
  int64_t image_, y_, x_ = 0;
};

// out[2][32][16] = the sums of 32 places and 32 output channels, from tiles of both sides.
inline void squareSums(const PaddedRows& padded, const uint16_t* at, const uint16_t* filter, float* out) {
  const int64_t c = padded.channels, tiles = tilesOfRow(c), stride = 2 * c;
  zeroTile<0>(), zeroTile<1>(), zeroTile<2>(), zeroTile<3>();
  for (int i = 0; i < 3; i++, at += padded.pitch * c)
    for (int64_t t = 0; t < tiles; t++, filter += 2 * kHalves) {
      const uint16_t* left = at + tileStart(c, t);
      loadTile<4>(left, stride);
      loadTile<6>(filter, kRowBytes);
      addProduct<0, 4, 6>();
      loadTile<7>(filter + kHalves, kRowBytes);
      addProduct<2, 4, 7>();
      loadTile<5>(left + kRows * c, stride);
      addProduct<1, 5, 6>();
      addProduct<3, 5, 7>();
    }
  storeTile<0>(out, kRowBytes), storeTile<1>(out + kFloats, kRowBytes);
  storeTile<2>(out + 2 * kFloats, kRowBytes), storeTile<3>(out + 3 * kFloats, kRowBytes);
}

// out[64][16] = the sums of 64 places and 16 output channels.
inline void columnSums(const PaddedRows& padded, const uint16_t* at, const uint16_t* filter, float* out) {
  const int64_t c = padded.channels, tiles = tilesOfRow(c), stride = 2 * c;
  zeroTile<0>(), zeroTile<1>(), zeroTile<2>(), zeroTile<3>();
  for (int i = 0; i < 3; i++, at += padded.pitch * c)
    for (int64_t t = 0; t < tiles; t++, filter += kHalves) {
      const uint16_t* left = at + tileStart(c, t);
      loadTile<7>(filter, kRowBytes);
      loadTile<4>(left, stride);
      addProduct<0, 4, 7>();
      loadTile<5>(left + kRows * c, stride);
      addProduct<1, 5, 7>();
      loadTile<6>(left + 2 * kRows * c, stride);
      addProduct<2, 6, 7>();
      loadTile<4>(left + 3 * kRows * c, stride);
      addProduct<3, 4, 7>();
    }
  storeTile<0>(out, kRowBytes), storeTile<1>(out + kFloats, kRowBytes);
  storeTile<2>(out + 2 * kFloats, kRowBytes), storeTile<3>(out + 3 * kFloats, kRowBytes);
}

// The outputs at rows [row, row + rows), counted through all images, of the padded rows that begin at `in` with that row, handed to
// `emit(pixel, channel, values, 1, columns)`; `emit.rest()` follows.
template <class Emit>
inline void convolveRows(const Shape& s, const PaddedRows& padded, const uint16_t* in, int64_t row, int64_t rows, const uint16_t* filter,
                         Emit& emit) {
  alignas(64) float sums[5 * kFloats];  // a fifth: a run's values are named sixteen at a time, and its last may be fewer
  const int64_t panel = tilePanel(s.to), places = 2 * kRows * (panel == kRows ? 2 : 1), all = rows * padded.pitch;
  for (int64_t k = 0; k < s.to; k += panel, filter += 3 * tilesOfRow(s.from) * kDepth * panel) {
    OutputPlaces walk(s, padded, row);
    for (int64_t p = 0; p < all; p += places) {
      if (panel == kRows) columnSums(padded, in + p * s.from, filter, sums);
      else squareSums(padded, in + p * s.from, filter, sums);
      walk.next(std::min(places, all - p), [&](int64_t i, int64_t pixel, int n) {
        for (; n > 0; n -= kRows, i += kRows, pixel += kRows)
          for (int64_t c = 0; c < panel; c += kRows) {
            const auto& values = reinterpret_cast<const Lanes(&)[1][kRows]>(sums[(c / kRows * places + i) * kRows]);
            emit(pixel, k + c, values, 1, std::min(n, kRows));
          }
      });
    }
  }
  emit.rest();
}

// The convolution's outputs of images [first, last).
template <class Map, class Emit>
inline void convolve(const Shape& s, const Map* x, const uint16_t* filter, int64_t first, int64_t last, Emit& emit) {
  static thread_local Room room;
  const TileRegisters registers;
  const PaddedRows padded(s);
  const int64_t most = padded.blockRows(kBlock), end = last * padded.rows;
  uint16_t* in = room.halves(padded.size(std::min(most, end)));
  for (int64_t row = first * padded.rows; row < end; row += most) {
    const int64_t rows = std::min(most, end - row), line = s.width * s.from;
    padded.fill(last, row, rows, in, [&](int64_t image, int64_t y, uint16_t* out) {
      std::memcpy(out, x + image * s.inEach() + y * line, line * sizeof(Map));
    });
    convolveRows(s, padded, in, row, rows, filter, emit);
  }
}

}  // namespace iekd::amx
#endif
