// The geometry of a 3×3 convolution of stride 1 cut into tiles of 2×2 outputs, and the walk over those tiles.
#pragma once
#include <cstdint>

#include "../lanes.h"

namespace iekd::winograd {

// A map [batch, height, width, from] convolved into [batch, outHeight, outWidth, to].
struct Shape {
  int64_t batch, height, width, from, outHeight, outWidth, to, padTop, padLeft;

  int64_t tilesEach() const { return (outHeight + 1) / 2 * ((outWidth + 1) / 2); }
  int64_t tiles() const { return batch * tilesEach(); }
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

// Tiles in a block: what a core transforms, multiplies and transforms back before it goes on. A multiple of every row count of
// products.h, and few enough for its second-level cache.
constexpr int64_t kTiles = 48;

// Distance of the 16 matrices of a block; the odd register keeps their rows out of one another's cache sets.
inline int64_t plane(int64_t channels) { return kTiles * channels + kLanes; }

// A tile's place, by its first output; `next` walks tiles in order.
struct Tile {
  int64_t image, y, x;

  Tile(const Shape& s, int64_t index) {
    const int64_t across = (s.outWidth + 1) / 2, each = s.tilesEach();
    image = index / each;
    y = index % each / across * 2;
    x = index % across * 2;
  }

  void next(const Shape& s) {
    if ((x += 2) < s.outWidth) return;
    x = 0;
    if ((y += 2) < s.outHeight) return;
    y = 0;
    image++;
  }

  int64_t pixel(const Shape& s) const { return (image * s.outHeight + y) * s.outWidth + x; }
  bool whole(const Shape& s) const { return y + 2 <= s.outHeight && x + 2 <= s.outWidth; }
};

}  // namespace iekd::winograd
