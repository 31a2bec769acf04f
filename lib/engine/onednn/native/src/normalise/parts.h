// Work whose sums are small, a few numbers a channel: a thread's range is cut once more, so that one who comes late loses little to the
// others, and every part has its own sums. Their number depends on the threads and on nothing else that varies.
#pragma once
#include "../threads.h"

namespace iekd {

// Parts of a thread: with many threads one, since all are added by one of them in the end.
inline int64_t partsEach() { return std::clamp<int64_t>(64 / threadCount(), 1, kPiecesEach); }

inline int64_t mostParts() { return threadCount() * partsEach(); }

// Calls body(begin, end, part) over [0, items); `elements` is the work behind all items.
template <class Body>
void parallelParts(int64_t items, int64_t elements, Body body) {
  const int64_t workers = std::min<int64_t>(threadsFor(elements), std::max<int64_t>(items, 1));
  const int64_t each = workers == 1 ? 1 : std::clamp<int64_t>(items / workers, 1, partsEach()), parts = workers * each;
  overPieces(workers, each, [&](int64_t p) { body(items * p / parts, items * (p + 1) / parts, static_cast<int>(p)); });
}

}  // namespace iekd
