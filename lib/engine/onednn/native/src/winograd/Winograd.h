// 3×3 convolutions of stride 1, and both gradients, by Winograd's minimal filtering: with so few products that in float32 it outruns
// any direct convolution. Channels are multiples of kLanes; any size, any padding up to 2. Work goes in blocks of tiles that stay
// in the core's own cache: transform, multiply, transform back. Functions of a range of tiles: the caller gives each thread its own.
#pragma once
#include <algorithm>
#include <numeric>
#include <vector>

#include "../threads.h"
#include "FilterSums.h"
#include "products.h"
#include "tiles.h"

namespace iekd::winograd {

// One thread's room for a block. Kept from call to call: fresh memory costs more in page faults than some blocks in arithmetic.
struct Scratch {
  std::vector<float> input, output;  // as many floats as cells, which are no larger

  template <class Cells>
  static typename Cells::Cell* cells(std::vector<float>& room) {
    return reinterpret_cast<typename Cells::Cell*>(room.data());
  }

  template <class F>
  static Scratch& of(const Shape& s) {
    static thread_local Scratch room;
    room.input.resize(F::kPatch * F::kPatch * plane(F::kTiles, s.from));
    room.output.resize(F::kPatch * F::kPatch * plane(F::kTiles, s.to));
    return room;
  }
};

// Images, at least `few`, whose tiles fill whole blocks.
template <class F>
inline int64_t wholeBlocks(const Shape& s, int64_t few) {
  const int64_t step = F::kTiles / std::gcd<int64_t>(F::kTiles, s.tilesEach(F::kOut));
  return (few + step - 1) / step * step;
}

template <class F, class Body>
inline void eachBlock(int64_t first, int64_t last, Body body) {
  for (int64_t at = first; at < last; at += F::kTiles) body(at, std::min<int64_t>(F::kTiles, last - at));
}

// u[xi][from][to] of filter[3][3][from][to], each output channel times `scale` where given. `turned` makes that of the gradient
// of the input: filter[3][3][to][from] turned by half a circle.
template <class F>
inline void transformFilter(const float* filter, int64_t from, int64_t to, bool turned, const float* scale, std::vector<float>& u) {
  constexpr int kPatch = F::kPatch;
  u.resize(kPatch * kPatch * from * to);
  const int64_t rows = turned ? to : from, columns = turned ? from : to;  // of the filter as it is stored
  for (int64_t r = 0; r < rows; r++)
    for (int64_t c = 0; c < columns; c += kLanes) {
      Lanes g[3][3], w[kPatch][kPatch];
      for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) {
          g[i][j] = load(filter + ((turned ? 8 - i * 3 - j : i * 3 + j) * rows + r) * columns + c);
          if (scale) g[i][j] *= load(scale + c);
        }
      both(g, w, F::filter);
      for (int xi = 0; xi < kPatch * kPatch; xi++) {
        const Lanes value = w[xi / kPatch][xi % kPatch];
        if (!turned) store(&u[(xi * from + r) * to + c], value);
        else
          for (int l = 0; l < kLanes; l++) u[(xi * from + c + l) * to + r] = value[l];
      }
    }
}

// As transformFilter, in cells: pairs of input channels side by side, [xi][from / 2][to][2]. Good until the next call.
template <class F, class Cells>
inline const typename Cells::Cell* filterPlanes(const float* filter, int64_t from, int64_t to, bool turned,
                                                const float* scale = nullptr) {
  static std::vector<float> u;
  transformFilter<F>(filter, from, to, turned, scale, u);
  return inCells<Cells>(u, to);
}

// The convolution's outputs at tiles [first, last), handed to `emit`; `emit.rest()` follows each block.
template <class F, class Cells, class Map, class Emit>
inline void forward(const Shape& s, const Map* x, const typename Cells::Cell* u, int64_t first, int64_t last, Scratch& room,
                    Emit& emit) {
  auto* v = Scratch::cells<Cells>(room.input);
  eachBlock<F>(first, last, [&](int64_t at, int64_t count) {
    gatherRows<F, Cells>(s, s.from, at, count, v, Patches<F, Map>(s, x));
    innerProducts<F, Cells>(s, v, u, room.output.data(), count);
    scatterOutput<F>(s, room.output.data(), at, count, emit);
    emit.rest();
  });
}

// sum[xi][from][to] += the filter's gradient from tiles [first, last), in the transformed domain.
template <class F, class Cells, class Map, class Gradient>
inline void filterGradient(const Shape& s, const Map* x, const Gradient* dy, int64_t first, int64_t last, Scratch& room, float* sum) {
  auto *v = Scratch::cells<Cells>(room.input), *w = Scratch::cells<Cells>(room.output);
  eachBlock<F>(first, last, [&](int64_t at, int64_t count) {
    gatherPairs<F, Cells>(s, s.from, at, count, v, Patches<F, Map>(s, x));
    gatherPairs<F, Cells>(s, s.to, at, count, w, Gradients<F, Gradient>(s, dy));
    outerProducts<F, Cells>(s, v, w, sum, count);
  });
}

// Sums that a thread has.
template <class F>
inline int64_t filterSums(const Shape& s) {
  return F::kPatch * F::kPatch * s.from * s.to;
}

// gradient[3][3][from][to] of the threads' sums, added in the order of the threads. Sums of threads that had no work are empty.
template <class F>
inline void finishFilterGradient(const Shape& s, const FilterSums& sums, float* gradient) {
  const int64_t size = s.from * s.to;
  parallelRanges(size / kLanes, 2 * F::kPatch * F::kPatch * size, [&](int64_t first, int64_t last, int) {
    for (int64_t i = first * kLanes; i < last * kLanes; i += kLanes) {
      Lanes m[F::kPatch][F::kPatch] = {}, g[3][3];
      for (const auto& sum : sums.parts)
        for (int xi = 0; xi < F::kPatch * F::kPatch && !sum.empty(); xi++)
          m[xi / F::kPatch][xi % F::kPatch] += load(&sum[xi * size + i]);
      both(m, g, F::filterGradient);
      for (int k = 0; k < 9; k++) store(gradient + k * size + i, g[k / 3][k % 3]);
    }
  });
}

}  // namespace iekd::winograd
