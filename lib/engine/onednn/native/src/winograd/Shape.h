// The geometry of a 3×3 convolution of stride 1 cut into square tiles of outputs, and the walk over those tiles.
#pragma once
#include <algorithm>
#include <cstdint>

#include "../lanes.h"

namespace iekd::winograd {

// A map [batch, height, width, from] convolved into [batch, outHeight, outWidth, to].
struct Shape {
  int64_t batch, height, width, from, outHeight, outWidth, to, padTop, padLeft;

  // Tiles of side × side outputs in an image.
  int64_t tilesEach(int64_t side) const { return ((outHeight + side - 1) / side) * ((outWidth + side - 1) / side); }
  int64_t inEach() const { return height * width * from; }
  int64_t outEach() const { return outHeight * outWidth * to; }

  Shape withBatch(int64_t images) const {
    Shape s = *this;
    s.batch = images;
    return s;
  }

  // The same convolution backwards: from the gradient of its output to that of its input.
  Shape backwards() const { return {batch, outHeight, outWidth, to, height, width, from, 2 - padTop, 2 - padLeft}; }
};

// Distance of the matrices of a block of `tiles`; the odd register keeps their rows out of one another's cache sets.
inline int64_t plane(int64_t tiles, int64_t channels) { return tiles * channels + kLanes; }

// A tile's place, by its first output; `next` walks tiles in order.
template <int kSide>
struct Tile {
  int64_t image, y, x;

  Tile(const Shape& s, int64_t index) {
    const int64_t across = (s.outWidth + kSide - 1) / kSide, each = s.tilesEach(kSide);
    image = index / each;
    y = index % each / across * kSide;
    x = index % across * kSide;
  }

  void next(const Shape& s) {
    if ((x += kSide) < s.outWidth) return;
    x = 0;
    if ((y += kSide) < s.outHeight) return;
    y = 0;
    image++;
  }

  int64_t pixel(const Shape& s) const { return (image * s.outHeight + y) * s.outWidth + x; }
  // Outputs of the tile that exist: fewer than its side at an odd edge.
  int rows(const Shape& s) const { return static_cast<int>(std::min<int64_t>(kSide, s.outHeight - y)); }
  int columns(const Shape& s) const { return static_cast<int>(std::min<int64_t>(kSide, s.outWidth - x)); }
};

}  // namespace iekd::winograd
