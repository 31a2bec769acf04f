// The threads behind parallelRanges. A step of training has a hundred short parallel sections with a little JavaScript in between, so
// how a thread waits decides much: asleep, it wakes late; turning on the spot, it takes a core from whoever could use it. These look
// for work for a moment, offering their core at every turn (sched_yield), and sleep only then. OpenMP's can do only one or the other.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

namespace iekd {

class ThreadPool {
 public:
  using Task = void (*)(const void* body, int thread);

  // One for the process, never destroyed: its threads end with the process, which must not wait for them.
  static ThreadPool& shared() {
    static ThreadPool* pool = new ThreadPool;
    return *pool;
  }

  // Calls task(body, t) for t in [0, count), each t on a thread of its own, and returns when all are done. One caller at a time:
  // IEKD_KERNEL sees to that.
  void run(uint32_t count, Task task, const void* body) {
    while (workers_ + 1 < count) start();
    task_ = task;
    body_ = body;
    count_ = count;
    open_.store(workers_);
    advance(generation_, 1);
    task(body, 0);
    wait(open_, [](uint32_t open) { return open == 0; });
  }

 private:
  // Changes what others wait for. The lock is taken so that nobody falls asleep between looking and sleeping.
  void advance(std::atomic<uint32_t>& value, uint32_t by) {
    value.fetch_add(by);
    if (asleep_.load() == 0) return;
    { const std::lock_guard<std::mutex> lock(sleep_); }
    wake_.notify_all();
  }

  template <class Done>
  void wait(std::atomic<uint32_t>& value, Done done) {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    do {
      for (int i = 0; i < 32; i++)
        if (done(value.load(std::memory_order_acquire))) return;
      std::this_thread::yield();
    } while (std::chrono::steady_clock::now() < until);
    std::unique_lock<std::mutex> lock(sleep_);
    asleep_.fetch_add(1);
    wake_.wait(lock, [&] { return done(value.load()); });
    asleep_.fetch_sub(1);
  }

  void start() {
    const uint32_t thread = workers_ + 1, seen = generation_.load();
    std::thread([this, thread, seen] { serve(thread, seen); }).detach();
    workers_ = thread;  // only now: where no thread could be made, none is waited for
  }

  [[noreturn]] void serve(uint32_t thread, uint32_t seen) {
    for (;; seen++) {
      wait(generation_, [seen](uint32_t now) { return now != seen; });
      if (thread < count_) task_(body_, static_cast<int>(thread));
      advance(open_, UINT32_MAX);  // one less
    }
  }

  static constexpr std::chrono::microseconds kPatience{300};
  std::mutex sleep_;
  std::condition_variable wake_;
  std::atomic<uint32_t> generation_{0}, open_{0}, asleep_{0};
  uint32_t workers_ = 0;
  // Written before the generation advances, read after: what the task is.
  Task task_ = nullptr;
  const void* body_ = nullptr;
  uint32_t count_ = 0;
};

}  // namespace iekd
