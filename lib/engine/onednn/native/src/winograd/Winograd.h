// 3×3 convolutions of stride 1, and the gradients of their inputs, by Winograd's minimal filtering: with so few products that in float32 it outruns
// any direct convolution. Channels are multiples of kLanes; any size, any padding up to 2. Work goes in blocks of tiles that stay
// in the core's own cache: transform, multiply, transform back. Functions of a range of tiles: the caller gives each thread its own.
#pragma once
#include <algorithm>
#include <numeric>
#include <vector>

#include "../threads.h"
#include "filterPlanes.h"
#include "products.h"
#include "tiles.h"

namespace iekd::winograd {

// One thread's room for a block. Kept from call to call: fresh memory costs more in page faults than some blocks in arithmetic.
struct Scratch {
  std::vector<float> input, output;  // as many floats as cells, which are no larger

  static Scratch& mine() {
    static thread_local Scratch room;
    return room;
  }

  template <class Cells>
  static typename Cells::Cell* cells(std::vector<float>& room, int64_t count) {
    if (static_cast<int64_t>(room.size()) < count) room.resize(count);
    return reinterpret_cast<typename Cells::Cell*>(room.data());
  }
};

// Images, at least `few`, whose tiles fill whole blocks of `tiles`.
template <class F>
inline int64_t wholeBlocks(const Shape& s, int64_t few, int64_t tiles) {
  const int64_t step = tiles / std::gcd<int64_t>(tiles, s.tilesEach(F::kOut));
  return (few + step - 1) / step * step;
}

template <class Body>
inline void eachBlock(int64_t first, int64_t last, int64_t tiles, Body body) {
  for (int64_t at = first; at < last; at += tiles) body(at, std::min(tiles, last - at));
}

// The convolution's outputs at tiles [first, last), handed to `emit`; `emit.rest()` follows each block.
template <class F, class Cells, class Map, class Emit>
inline void forward(const Shape& s, const Map* x, const typename Cells::Cell* u, int64_t first, int64_t last, Emit& emit) {
  constexpr int kPlanes = F::kPatch * F::kPatch;
  const Place from = Place::rows(F::kTiles, s.from), to = Place::rows(F::kTiles, s.to);
  Scratch& room = Scratch::mine();
  auto* v = Scratch::cells<Cells>(room.input, from.size(kPlanes));
  float* m = Scratch::cells<FloatCells>(room.output, to.size(kPlanes));
  eachBlock(first, last, F::kTiles, [&](int64_t at, int64_t count) {
    gatherRows<F, Cells>(s, from, at, count, v, Patches<F, Map>(s, x));
    innerProducts<F, Cells>(from, to, v, u, m, count);
    scatterOutput<F>(s, to, m, at, count, emit);
    emit.rest();
  });
}

}  // namespace iekd::winograd
