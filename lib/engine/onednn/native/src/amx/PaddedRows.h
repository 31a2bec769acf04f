// Maps with their padding written out, as tiles read them: the places of an image are one line, [row][place of the row][channel], images
// one below the other, so that sixteen places that follow each other are the rows of a tile and a tap of the filter is an offset. Zeros
// between two rows serve both: they are the right padding of one and the left padding of the next; those between two images likewise.
#pragma once
#include <algorithm>
#include <vector>

#include "../winograd/Shape.h"

namespace iekd::amx {

using winograd::Shape;

// Room that is kept from call to call and begins on a cache line. Of floats: Node brings a vector of 16-bit numbers of its own.
class Room {
 public:
  uint16_t* halves(int64_t count) {
    constexpr int64_t kLine = 64;
    const int64_t floats = (count + 1) / 2 + kLine / 4;
    if (static_cast<int64_t>(room_.size()) < floats) room_.resize(floats);
    const auto at = reinterpret_cast<uintptr_t>(room_.data());
    return reinterpret_cast<uint16_t*>((at + kLine - 1) / kLine * kLine);
  }

 private:
  std::vector<float> room_;
};

// What a convolution of `s` reads. Row r of an image has its row r − top, place p of a row its place p − left. Output (y, x) stands at
// row y, place x, and its tap (i, j) reads row y + i, place x + j. A convolution backwards has the same `rows` and `pitch`: its paddings
// are 2 less these, and its outputs are as many more as its inputs are fewer.
struct PaddedRows {
  static constexpr int64_t kBeyond = 80;  // places behind the last row that a tile may touch

  int64_t height, width, channels, top, left;
  int64_t rows, pitch;  // of an image and places of a row, shared padding counted once

  explicit PaddedRows(const Shape& s)
      : height(s.height),
        width(s.width),
        channels(s.from),
        top(s.padTop),
        left(s.padLeft),
        rows(s.height + std::max(s.padTop, s.outHeight + 2 - s.height - s.padTop)),
        pitch(s.width + std::max(s.padLeft, s.outWidth + 2 - s.width - s.padLeft)) {}

  // Values of so many rows and of what is read behind them: two rows of taps, and the rest of a tile.
  int64_t size(int64_t count) const { return ((count + 2) * pitch + kBeyond) * channels; }

  // Rows [first, first + count + 2), counted through all images, with zeros behind; `write(image, y, out)` writes a row of the map.
  template <class Write>
  void fill(int64_t images, int64_t first, int64_t count, uint16_t* out, Write write) const {
    const int64_t row = pitch * channels, before = left * channels, inside = width * channels;
    for (int64_t r = first; r < first + count + 2; r++, out += row) {
      const int64_t image = r / rows, y = r % rows - top;
      if (y < 0 || y >= height || image >= images) {
        std::fill_n(out, row, uint16_t{0});
        continue;
      }
      std::fill_n(out, before, uint16_t{0});
      write(image, y, out + before);
      std::fill_n(out + before + inside, row - before - inside, uint16_t{0});
    }
    std::fill_n(out, kBeyond * channels, uint16_t{0});
  }

  // Rows of a block: as many as hold about so many values, whole images where those are no more.
  int64_t blockRows(int64_t values) const {
    const int64_t some = std::max<int64_t>(1, values / (pitch * channels));
    return some < rows ? some : some / rows * rows;
  }
};

}  // namespace iekd::amx
