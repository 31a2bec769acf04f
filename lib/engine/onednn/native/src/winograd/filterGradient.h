// The filter's gradient of a 3×3 convolution of stride 1: transformed patches times transformed gradients, summed over tiles. Of few
// channels the sums stay in the core's own cache, are added to block by block, and are transformed back once, at the end. Of many they
// would not fit (36 · 512 · 512 values are 38 MB), and adding to them would take longer than the products; of few tiles, clearing and
// adding up the threads' would. Blocks are larger there, and the sums of each are transformed back while they are in the nearest cache.
#pragma once
#include "FilterSums.h"
#include "Winograd.h"

namespace iekd::winograd {

template <class F>
class FilterGradient {
 public:
  static constexpr int kPatch = F::kPatch, kPlanes = kPatch * kPatch;

  explicit FilterGradient(const Shape& s)
      : s_(s),
        wide_(kPlanes * s.from * s.to > kMostSums || s.batch * s.tilesEach(F::kOut) <= kMostTiles || rangeTiles(s) <= kFewTiles),
        tiles_(wide_ ? wideTiles(s) : F::kTiles),
        from_(wide_ ? Place{tiles_, s.from, kLanes} : Place::rows(tiles_, s.from)),
        to_(wide_ ? Place{tiles_, s.to, panelWidth(s.to)} : Place::rows(tiles_, s.to)) {}

  // Tiles of a block.
  int64_t tiles() const { return tiles_; }

  // Sums that a thread has.
  int64_t sums() const { return (wide_ ? 9 : kPlanes) * s_.from * s_.to; }

  // sum += that of the given images, all of a shape with this one's channels.
  template <class Cells, class Map, class Gradient>
  void add(const Shape& images, const Map* x, const Gradient* dy, float* sum) const {
    Scratch& room = Scratch::mine();
    auto* v = Scratch::cells<Cells>(room.input, from_.size(kPlanes));
    auto* w = Scratch::cells<Cells>(room.output, to_.size(kPlanes));
    eachBlock(0, images.batch * images.tilesEach(F::kOut), tiles_, [&](int64_t at, int64_t count) {
      gatherPairs<F, Cells>(images, from_, at, count, v, Patches<F, Map>(images, x));
      gatherPairs<F, Cells>(images, to_, at, count, w, Gradients<F, Gradient>(images, dy));
      if (!wide_) outerProducts<F, Cells>(from_, to_, v, w, sum, count);
      else if (to_.width == 2 * kLanes) addCorners<Cells, 2>(v, w, sum, count);
      else addCorners<Cells, 1>(v, w, sum, count);
    });
  }

  // gradient[3][3][from][to] of the threads' sums, added in the order of the threads. Sums of threads that had no work are empty.
  void finish(const FilterSums& sums, float* gradient) const {
    const int64_t size = s_.from * s_.to;
    const int64_t parts = static_cast<int64_t>(sums.parts.size());
    parallelPieces(size / kLanes, parts * this->sums(), [&](int64_t first, int64_t last) {
      for (int64_t i = first * kLanes; i < last * kLanes; i += kLanes) {
        Lanes m[kPatch][kPatch] = {}, g[3][3] = {};
        for (const auto& sum : sums.parts)
          if (!sum.empty()) {
            if (wide_) addPlanes(&g[0][0], 9, &sum[i], size);
            else addPlanes(&m[0][0], kPlanes, &sum[i], size);
          }
        if (!wide_) both(m, g, F::filterGradient);
        for (int k = 0; k < 9; k++) store(gradient + k * size + i, g[k / 3][k % 3]);
      }
    });
  }

 private:
  static constexpr int64_t kMostSums = int64_t{1} << 18;  // a megabyte
  static constexpr int64_t kMostTiles = 8 * F::kTiles;  // of a large block
  static constexpr int64_t kFewTiles = 4 * F::kTiles;  // of a thread among many

  // A thread's tiles.
  static int64_t rangeTiles(const Shape& s) { return (s.batch + threadCount() - 1) / threadCount() * s.tilesEach(F::kOut); }

  // As many as fit into six megabytes with their transforms: more crowd the shared cache, fewer transform back more often.
  static int64_t wideTiles(const Shape& s) {
    constexpr int64_t kRoom = int64_t{6} << 18;
    return std::clamp<int64_t>(kRoom / (kPlanes * (s.from + s.to)) / F::kTiles * F::kTiles, F::kTiles, kMostTiles);
  }

  static void addPlanes(Lanes* to, int planes, const float* sum, int64_t step) {
    for (int p = 0; p < planes; p++) to[p] += load(sum + p * step);
  }

  // sum[3][3][from][to] += the block's, a corner of channels at a time through all planes.
  template <class Cells, int kWide>
  void addCorners(const typename Cells::Cell* v, const typename Cells::Cell* w, float* sum, int64_t count) const {
    constexpr int kRows = kLanes / kWide, kPair = Cells::kPair;
    for (int64_t k = 0; k < s_.to; k += kWide * kLanes)
      for (int64_t c = 0; c < s_.from; c += kRows) {
        const auto* left = v + from_.slice(c, kPlanes) + c % kLanes * kPair;
        const auto* right = w + to_.slice(k, kPlanes);
        Lanes m[kPlanes][kRows][kWide];
        for (int xi = 0; xi < kPlanes; xi++) {
          Lanes corner[kRows][kWide] = {};
          addOuter<Cells>(corner, left + xi * from_.step(), from_.width, right + xi * to_.step(), to_.width, count);
#pragma GCC unroll 24
          for (int r = 0; r < kRows; r++)
#pragma GCC unroll 4
            for (int i = 0; i < kWide; i++) m[xi][r][i] = corner[r][i];
        }
        for (int r = 0; r < kRows; r++)
          for (int i = 0; i < kWide; i++) addBack(m, r, i, sum + (c + r) * s_.to + k + i * kLanes);
      }
  }

  template <int kRows, int kWide>
  void addBack(const Lanes (&m)[kPlanes][kRows][kWide], int r, int i, float* sum) const {
    Lanes one[kPatch][kPatch], g[3][3];
#pragma GCC unroll 36
    for (int xi = 0; xi < kPlanes; xi++) one[xi / kPatch][xi % kPatch] = m[xi][r][i];
    both(one, g, F::filterGradient);
    for (int p = 0; p < 9; p++) {
      float* at = sum + p * s_.from * s_.to;
      store(at, load(at) + g[p / 3][p % 3]);
    }
  }

  Shape s_;
  bool wide_;
  int64_t tiles_;
  Place from_, to_;
};

}  // namespace iekd::winograd
