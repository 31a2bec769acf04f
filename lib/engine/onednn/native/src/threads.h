// Work is cut into one fixed range a thread, so that a sum depends on the number of threads but never on the run.
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

inline int threadsFor(int64_t elements) { return elements < kParallelFrom ? 1 : threadCount(); }

// Calls body(begin, end, thread) over [0, items) in one range a thread; `elements` is the work behind all items.
template <class Body>
void parallelRanges(int64_t items, int64_t elements, Body body) {
  const int threads = static_cast<int>(std::min<int64_t>(threadsFor(elements), std::max<int64_t>(items, 1)));
  if (threads <= 1) {
    body(int64_t{0}, items, 0);
    return;
  }
  const auto share = [&](int t) { body(items * t / threads, items * (t + 1) / threads, t); };
  ThreadPool::shared().run(
      static_cast<uint32_t>(threads), [](const void* given, int t) { (*static_cast<const decltype(share)*>(given))(t); }, &share);
}

// Calls body(i, n) for the lanes [i, i + n) of [0, count), over threads in whole registers.
template <class Body>
void overLanes(int64_t count, Body body) {
  parallelRanges((count + kLanes - 1) / kLanes, count, [&](int64_t first, int64_t last, int) {
    const int64_t from = first * kLanes, to = std::min(count, last * kLanes);
    eachLanes(to - from, [&](int64_t j, int n) __attribute__((always_inline)) { body(from + j, n); });
  });
}

}  // namespace iekd
