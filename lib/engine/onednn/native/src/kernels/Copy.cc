// A block of values from places of one array to places of another: transposes, slices, joins, repetitions.
#include <algorithm>
#include <cstring>

#include "../arguments.h"
#include "../registry.h"
#include "../threads.h"

namespace {

using namespace iekd;

constexpr int64_t kMostAxes = 8;
constexpr int64_t kTile = 16;  // rows at a time of a copy that turns axes: what is read across them stays in the cache

struct CopyAxis {
  int64_t length, from, to;  // steps in elements
};

// [rows, columns] elements.
void plane(const float* x, float* y, int64_t rows, const CopyAxis& row, const CopyAxis& column) {
  for (int64_t r = 0; r < rows; r++) {
    const float* from = x + r * row.from;
    float* to = y + r * row.to;
    if (column.from == 1 && column.to == 1) {
      std::memcpy(to, from, column.length * sizeof(float));
      continue;
    }
    for (int64_t c = 0; c < column.length; c++) to[c * column.to] = from[c * column.from];
  }
}

// The same in tiles: one side is read or written across its rows.
void turned(const float* x, float* y, int64_t rows, const CopyAxis& row, const CopyAxis& column) {
  for (int64_t at = 0; at < column.length; at += kTile) {
    const CopyAxis part{std::min(kTile, column.length - at), column.from, column.to};
    plane(x + at * column.from, y + at * column.to, rows, row, part);
  }
}

}  // namespace

// lengths of x and y, first place in x, in y; axes (at least 2); length, step in x, step in y of each, the last innermost; x, y
IEKD_KERNEL(Copy) {
  const int64_t xLength = in.dim(), yLength = in.dim(), xFirst = in.dim(), yFirst = in.dim(), rank = in.dim();
  if (rank < 2 || rank > kMostAxes) in.fail("2 to 8 axes");
  CopyAxis axes[kMostAxes];
  int64_t xLast = xFirst, yLast = yFirst;
  for (int64_t i = 0; i < rank; i++) {
    axes[i] = {in.positive(), in.dim(), in.dim()};
    xLast += (axes[i].length - 1) * axes[i].from;
    yLast += (axes[i].length - 1) * axes[i].to;
    if (xLast >= xLength || yLast >= yLength) in.fail("steps that stay inside the arrays");
  }
  const float* x = in.floats(xLength) + xFirst;
  float* y = in.floats(yLength) + yFirst;

  const CopyAxis row = axes[rank - 2], column = axes[rank - 1];
  if (rank == 2 && row.length == 1 && column.from == 1 && column.to == 1) {
    parallelPieces(column.length, column.length, [&](int64_t first, int64_t last) { std::memcpy(y + first, x + first, (last - first) * sizeof(float)); });
    return;
  }
  const auto copy = column.from == 1 && column.to == 1 ? plane : turned;
  const int64_t strips = (row.length + kTile - 1) / kTile;
  int64_t outer = 1;
  for (int64_t i = 0; i < rank - 2; i++) outer *= axes[i].length;
  parallelPieces(outer * strips, outer * row.length * column.length, [&](int64_t first, int64_t last) {
    for (int64_t item = first; item < last; item++) {
      const int64_t begin = item % strips * kTile;
      int64_t source = begin * row.from, target = begin * row.to;
      for (int64_t i = rank - 3, rest = item / strips; i >= 0; rest /= axes[i--].length) {
        source += rest % axes[i].length * axes[i].from;
        target += rest % axes[i].length * axes[i].to;
      }
      copy(x + source, y + target, std::min(kTile, row.length - begin), row, column);
    }
  });
}
