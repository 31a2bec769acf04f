// A 3×3 filter as the right sides of tile products. In padded rows the three taps of a filter's row and their channels are neighbours, so
// the products of a row are one line of 3 · from values, which tiles take kDepth at a time. Where that leaves half a tile, the last one
// begins half a tile early, and the values that two tiles read then count half in each: exact, and what is infinite stays it.
#pragma once
#include "../winograd/filterPlanes.h"
#include "PaddedRows.h"
#include "TileRegisters.h"

#ifdef IEKD_AMX
namespace iekd::amx {

// Tiles of a filter's row, and where in that row tile t begins.
inline int64_t tilesOfRow(int64_t from) { return (3 * from + kDepth - 1) / kDepth; }
inline int64_t tileStart(int64_t from, int64_t t) { return std::min(t * kDepth, 3 * from - kDepth); }

// Output channels that a product takes at once.
inline int64_t tilePanel(int64_t to) { return to % (2 * kRows) == 0 ? 2 * kRows : kRows; }

// Where pairs of the channels [r, r + 1] of tap (i, j) belong, for the 16 outputs from c on: [panel][row and tile][half panel][pair].
class FilterPlace {
 public:
  FilterPlace(int64_t from, int64_t to) : from_(from), tiles_(tilesOfRow(from)), panel_(tilePanel(to)) {}

  // Calls put(at, share) once, or twice with half a share each.
  template <class Put>
  void each(int tap, int64_t r, int64_t c, Put put) const {
    const int64_t k = tap % 3 * from_ + r, last = tileStart(from_, tiles_ - 1), t = k / kDepth;
    const bool shared = k >= last && k < (tiles_ - 1) * kDepth;
    put(at(tap / 3, t < tiles_ - 1 ? t : tiles_ - 1, k, c), shared ? 0.5f : 1.0f);
    if (shared) put(at(tap / 3, tiles_ - 1, k, c), 0.5f);
  }

 private:
  int64_t at(int row, int64_t tile, int64_t k, int64_t c) const {
    const int64_t number = c / panel_ * 3 * tiles_ + row * tiles_ + tile, pair = (k - tileStart(from_, tile)) / 2;
    return number * kDepth * panel_ + c % panel_ / kRows * kHalves + pair * 2 * kRows;
  }

  int64_t from_, tiles_, panel_;
};

template <class GivenTaps>
inline void placeFilter(int64_t from, int64_t to, const GivenTaps& taps, uint16_t* tiles) {
  const FilterPlace place(from, to);
  const int64_t squares = from / kLanes;
  parallelPieces(to / kLanes * squares, 9 * from * to, [&](int64_t first, int64_t last) {
    GivenTaps own = taps;
    for (int64_t square = first; square < last; square++) {
      const int64_t c = square / squares * kLanes, top = square % squares * kLanes;
      for (int64_t r = top; r < top + kLanes; r += 2) {
        Lanes even[3][3], odd[3][3];
        own(r, c, even);
        own(r + 1, c, odd);
        for (int tap = 0; tap < 9; tap++)
          place.each(tap, r, c, [&](int64_t at, float share) {
            winograd::HalfCells::storePairs(tiles + at, share * even[tap / 3][tap % 3], share * odd[tap / 3][tap % 3]);
          });
      }
    }
  });
}

// The tiles of filter[3][3][from][to], each output channel times `scale` where given, or of `turned`, filter[3][3][to][from] turned by
// half a circle. Good until the next call.
inline const uint16_t* filterTiles(const float* filter, int64_t from, int64_t to, bool turned, const float* scale = nullptr) {
  static Room room;
  uint16_t* tiles = room.halves(3 * tilesOfRow(from) * kDepth * to);
  if (turned) placeFilter(from, to, winograd::TurnedTaps(filter, from, to), tiles);
  else placeFilter(from, to, winograd::Taps{filter, from, to, scale}, tiles);
  return tiles;
}

}  // namespace iekd::amx
#endif
