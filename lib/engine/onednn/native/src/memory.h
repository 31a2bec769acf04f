// Memory behind an ArrayBuffer. Node runs the finalizer of one only when its event loop turns, so what has to go at once goes before it.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <mutex>
#ifdef __linux__
#include <sys/mman.h>
#endif

namespace iekd {

class Memory {
 public:
  // 64-byte-aligned; a large piece asks for huge pages, which saves most of its page faults. Null where there is no memory.
  static Memory* make(size_t length) {
    constexpr size_t kHuge = size_t{2} << 20;
    const size_t alignment = length >= kHuge ? kHuge : 64;
#ifdef __SANITIZE_ADDRESS__
    const size_t bytes = length;  // no more, so that a write beyond the last value is seen
#else
    const size_t bytes = std::max((length + alignment - 1) / alignment * alignment, alignment);
#endif
    void* data = nullptr;
    if (posix_memalign(&data, alignment, bytes) != 0 || !data) return nullptr;
#ifdef __linux__
    if (alignment == kHuge) madvise(data, bytes, MADV_HUGEPAGE);
#endif
    Memory* made = new Memory(data);
    const std::lock_guard<std::mutex> one(lock());
    live()[data] = made;
    return made;
  }

  // The memory that begins at `data`, if it is one of these and not free.
  static Memory* at(void* data) {
    const std::lock_guard<std::mutex> one(lock());
    const auto found = live().find(data);
    return found == live().end() ? nullptr : found->second;
  }

  ~Memory() { free(); }

  void* data() const { return data_; }

  // A second time does nothing.
  void free() {
    if (!data_) return;
    {
      const std::lock_guard<std::mutex> one(lock());
      live().erase(data_);
    }
    std::free(data_);
    data_ = nullptr;
  }

 private:
  explicit Memory(void* data) : data_(data) {}
  Memory(const Memory&) = delete;

  static std::map<void*, Memory*>& live() {
    static auto* all = new std::map<void*, Memory*>();  // never destroyed: finalizers run at the very end, too
    return *all;
  }

  static std::mutex& lock() {
    static auto* mutex = new std::mutex();
    return *mutex;
  }

  void* data_;
};

}  // namespace iekd
