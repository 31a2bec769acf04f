// Work is cut into pieces by its size and the number of threads alone, so that a sum over them depends on that number at most, and
// never on the run. Which thread does a piece is another matter (ThreadPool.h).
#pragma once
#include <algorithm>
#include <cstdint>

#include "ThreadPool.h"
#include "lanes.h"

namespace iekd {

inline int& threadCount() {
  static int count = 1;
  return count;
}

// Below this many elements a second thread costs more than it brings.
constexpr int64_t kParallelFrom = 16384;
// A piece that is taken for itself has so many elements at least.
constexpr int64_t kPieceFrom = 4096;
// Pieces of a worker: so many that one who comes late loses little to the others, so few that taking them costs nothing.
constexpr int64_t kPiecesEach = 4;

inline int threadsFor(int64_t elements) { return elements < kParallelFrom ? 1 : threadCount(); }

// Calls piece(p) for p in [0, workers · each) over that many workers.
template <class Piece>
void overPieces(int64_t workers, int64_t each, const Piece& piece) {
  if (workers <= 1) {
    for (int64_t p = 0; p < each; p++) piece(p);
    return;
  }
  ThreadPool::shared().run(
      static_cast<uint32_t>(workers), static_cast<uint32_t>(each),
      [](const void* given, int64_t p) { (*static_cast<const Piece*>(given))(p); }, &piece);
}

// Calls body(begin, end, range) over [0, items) in one range a thread, for sums that are kept by range; `elements` is the work behind
// all items.
template <class Body>
void parallelRanges(int64_t items, int64_t elements, Body body) {
  const int64_t ranges = std::min<int64_t>(threadsFor(elements), std::max<int64_t>(items, 1));
  overPieces(ranges, 1, [&](int64_t r) { body(items * r / ranges, items * (r + 1) / ranges, static_cast<int>(r)); });
}

// Calls body(begin, end) over [0, items) in pieces, several a thread, for work of which each item is done for itself.
template <class Body>
void parallelPieces(int64_t items, int64_t elements, Body body) {
  const int64_t workers = std::min<int64_t>(threadsFor(elements), std::max<int64_t>(items, 1));
  const int64_t each = workers == 1 ? 1 : std::clamp<int64_t>(std::min(items, elements / kPieceFrom) / workers, 1, kPiecesEach);
  const int64_t pieces = workers * each;
  overPieces(workers, each, [&](int64_t p) { body(items * p / pieces, items * (p + 1) / pieces); });
}

// Calls body(i, n) for the lanes [i, i + n) of [0, count), over threads in whole registers.
template <class Body>
void overLanes(int64_t count, Body body) {
  parallelPieces((count + kLanes - 1) / kLanes, count, [&](int64_t first, int64_t last) {
    const int64_t from = first * kLanes, to = std::min(count, last * kLanes);
    eachLanes(to - from, [&](int64_t j, int n) __attribute__((always_inline)) { body(from + j, n); });
  });
}

}  // namespace iekd
