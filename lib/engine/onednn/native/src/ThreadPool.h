// The threads behind parallelPieces and parallelRanges. A step of training has a hundred short parallel regions with little in between,
// so how a thread waits decides much: asleep, it wakes late; turning on the spot, it takes a core from whoever could use it. These look
// for work for a moment, offering their core at every turn (sched_yield), and sleep only then. OpenMP's can do only one or the other.
//
// A region is a number of pieces. Each worker has a run of neighbouring ones, so that what a core has in its caches it meets again in
// the next region; who has done its own takes those that others have not begun. A region has ended when its pieces are done, whoever did
// them: a worker that sleeps or has lost its core holds nobody up, but for the one piece that it is at.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>

#include "PieceTimes.h"

namespace iekd {

class ThreadPool {
 public:
  using Task = void (*)(const void* body, int64_t piece);

  // As many as there are places for workers.
  static constexpr uint32_t kMost = 1024;

  // One for the process, never destroyed: its threads end with the process, which must not wait for them.
  static ThreadPool& shared() {
    static ThreadPool* pool = new ThreadPool;
    return *pool;
  }

  // Calls task(body, p) for the pieces [0, workers · each), on `workers` threads and the caller is one of them, and returns when all
  // are done. At most kMost workers. One caller at a time: IEKD_KERNEL sees to that.
  void run(uint32_t workers, uint32_t each, Task task, const void* body) {
    if (PieceTimes::asked()) return PieceTimes::shared().region(workers, each, [&](int64_t piece) { task(body, piece); });
    while (started_ + 1 < workers) start();
    task_.store(task, std::memory_order_relaxed);
    body_.store(body, std::memory_order_relaxed);
    workers_.store(workers, std::memory_order_relaxed);
    each_.store(each, std::memory_order_relaxed);
    const uint32_t generation = generation_.load(std::memory_order_relaxed) + 1;
    for (uint32_t w = 0; w < workers; w++) places_[w].left.store(uint64_t{generation} << 32 | each, std::memory_order_release);
    generation_.store(generation);
    wakeSome(1);
    work(0, generation);
    expected_ += uint64_t{workers} * each;
    waitForPieces();
  }

 private:
  // A worker's place; what others look at often lies on cache lines of its own.
  struct Place {
    alignas(64) std::atomic<uint64_t> left{0};  // how many of its pieces nobody has, below the region's generation
    alignas(64) std::atomic<uint64_t> done{0};  // pieces that it has done, its own and others', since ever
  };

  // Does pieces until nobody's are left: its own first, then its neighbours'. What the region is was written before its generation; a
  // piece is taken only while the region has that generation and is not over, so that what was read is still what it is.
  void work(uint32_t self, uint32_t generation) {
    const Task task = task_.load(std::memory_order_relaxed);
    const void* body = body_.load(std::memory_order_relaxed);
    const uint32_t workers = workers_.load(std::memory_order_relaxed), each = each_.load(std::memory_order_relaxed);
    if (self >= workers) return;
    uint64_t count = 0;
    for (uint32_t i = 0; i < workers; i++) {
      const uint32_t of = self + i < workers ? self + i : self + i - workers;
      while (const uint32_t left = take(places_[of].left, generation)) {
        task(body, int64_t{of} * each + (each - left));
        count++;
      }
    }
    if (count == 0) return;
    places_[self].done.fetch_add(count);
    if (!callerSleeps_.load()) return;
    { const std::lock_guard<std::mutex> lock(sleep_); }
    callerWakes_.notify_one();
  }

  // Takes one of the pieces of a place. @returns how many were left with it, 0: none of this generation
  static uint32_t take(std::atomic<uint64_t>& left, uint32_t generation) {
    uint64_t seen = left.load(std::memory_order_acquire);
    do {
      if (seen >> 32 != generation || static_cast<uint32_t>(seen) == 0) return 0;
    } while (!left.compare_exchange_weak(seen, seen - 1, std::memory_order_acq_rel, std::memory_order_acquire));
    return static_cast<uint32_t>(seen);
  }

  bool allDone() const {
    uint64_t done = 0;
    for (uint32_t w = 0; w <= started_; w++) done += places_[w].done.load();
    return done == expected_;
  }

  void waitForPieces() {
    if (lookFor([this] { return allDone(); })) return;
    std::unique_lock<std::mutex> lock(sleep_);
    callerSleeps_.store(true);
    callerWakes_.wait(lock, [this] { return allDone(); });
    callerSleeps_.store(false);
  }

  // @returns whether it came within a moment
  template <class Come>
  static bool lookFor(Come come) {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    do {
      for (int i = 0; i < 32; i++)
        if (come()) return true;
      std::this_thread::yield();
    } while (std::chrono::steady_clock::now() < until);
    return false;
  }

  // Wakes sleepers; each of them wakes two more, so that the caller does not pay for all. The lock is taken so that nobody falls asleep
  // between looking and sleeping.
  void wakeSome(int count) {
    if (asleep_.load() == 0) return;
    { const std::lock_guard<std::mutex> lock(sleep_); }
    for (int i = 0; i < count; i++) wake_.notify_one();
  }

  void start() {
    const uint32_t worker = started_ + 1, seen = generation_.load();
    std::thread([this, worker, seen] { serve(worker, seen); }).detach();
    started_ = worker;  // only now: where no thread could be made, none is counted
  }

  [[noreturn]] void serve(uint32_t worker, uint32_t seen) {
    for (;;) {
      const auto changed = [&] { return generation_.load() != seen; };
      if (!lookFor(changed)) {
        {
          std::unique_lock<std::mutex> lock(sleep_);
          asleep_.fetch_add(1);
          wake_.wait(lock, changed);
          asleep_.fetch_sub(1);
        }
        wakeSome(2);
      }
      seen = generation_.load();
      work(worker, seen);
    }
  }

  static constexpr std::chrono::microseconds kPatience{300};
  std::unique_ptr<Place[]> places_{new Place[kMost]};
  alignas(64) std::atomic<uint32_t> generation_{0};
  // What the region is.
  std::atomic<Task> task_{nullptr};
  std::atomic<const void*> body_{nullptr};
  std::atomic<uint32_t> workers_{0}, each_{0};
  alignas(64) std::atomic<uint32_t> asleep_{0};
  std::atomic<bool> callerSleeps_{false};
  std::mutex sleep_;
  std::condition_variable wake_, callerWakes_;
  // The caller's own.
  uint32_t started_ = 0;
  uint64_t expected_ = 0;
};

}  // namespace iekd
