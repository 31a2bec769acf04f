// oneDNN's engine and streams, how a primitive is described to it, how our threads share its work, and a bounded cache of primitives by
// shape.
#pragma once
#include <dlfcn.h>

#include <array>
#include <cstdint>
#include <map>
#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>
#include <vector>

#include "threads.h"

namespace iekd {

inline dnnl::engine& cpu() {
  static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

// One for each thread, never destroyed: its engine may have gone by then.
inline dnnl::stream& stream() {
  static thread_local auto* stream = new dnnl::stream(cpu());
  return *stream;
}

// Has what oneDNN does on the calling thread done by that thread alone: its work is cut by us, and done by our threads. OpenMP is asked
// by name: compilers come without its header and library.
inline void oneThreadHere() {
  using SetThreads = void (*)(int);
  static const auto set = reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "omp_set_num_threads"));
  static thread_local bool asked = false;
  if (!asked && set) set(1);
  asked = true;
}

// Whether oneDNN stays on the thread that calls it. Built for TBB it has threads of its own, which take a batch as a whole.
inline bool staysOnThread() { return dnnl_version()->cpu_runtime == DNNL_RUNTIME_OMP || dnnl_version()->cpu_runtime == DNNL_RUNTIME_SEQ; }

// A primitive works in memory that it is given: several threads run it at a time.
inline dnnl::primitive_attr ownScratchpad() {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

// Describes a primitive, a forward pass or a matrix product, from what oneDNN calls its descriptor's arguments. Version 2 wants an
// operation's descriptor first, made of them, and then the engine; version 3 took that descriptor away and has all in one call.
template <class Primitive, class... Given>
typename Primitive::primitive_desc describe(const Given&... given) {
#if DNNL_VERSION_MAJOR >= 3
  return {cpu(), given..., ownScratchpad()};
#else
  return {typename Primitive::desc(given...), ownScratchpad(), cpu()};
#endif
}

// The same of a gradient, which also wants the description of its forward pass.
template <class Primitive, class Forward, class... Given>
typename Primitive::primitive_desc describeGradient(const Forward& forward, const Given&... given) {
#if DNNL_VERSION_MAJOR >= 3
  return {cpu(), given..., forward, ownScratchpad()};
#else
  return {typename Primitive::desc(given...), ownScratchpad(), cpu(), forward};
#endif
}

// Counts `setThreads` calls: primitives are made for a number of threads, so that caches of an older count are dropped.
inline int& threadEpoch() {
  static int epoch = 0;
  return epoch;
}

template <class Key, class Value>
class PrimitiveCache {
 public:
  template <class Make>
  Value& get(const Key& key, Make make) {
    if (epoch_ != threadEpoch() || entries_.size() >= kMost) {
      entries_.clear();
      epoch_ = threadEpoch();
    }
    auto found = entries_.find(key);
    if (found == entries_.end()) found = entries_.emplace(key, make()).first;
    return found->second;
  }

 private:
  // More shapes than any network here has; a bound all the same, since shapes come from the user.
  static constexpr size_t kMost = 1024;
  std::map<Key, Value> entries_;
  int epoch_ = 0;
};

inline dnnl::memory wrap(const dnnl::memory::desc& desc, void* data) { return dnnl::memory(desc, cpu(), data); }

inline dnnl::memory::data_type typeOf(const dnnl::memory::desc& desc) {
#if DNNL_VERSION_MAJOR >= 3
  return desc.get_data_type();
#else
  return desc.data_type();
#endif
}

// A primitive with the memory that a run of it needs.
struct Step {
  dnnl::primitive primitive;
  dnnl::memory::desc scratchpad;

  template <class Described>
  static Step of(const Described& described) {
    return {dnnl::primitive(described.get()), described.scratchpad_desc()};
  }

  // On the calling thread.
  void run(std::unordered_map<int, dnnl::memory> arguments) const {
    static thread_local std::vector<char> room;
    oneThreadHere();
    constexpr size_t kAlignment = 64;
    if (room.size() < scratchpad.get_size() + kAlignment) room.resize(scratchpad.get_size() + kAlignment);
    char* begin = room.data() + (kAlignment - reinterpret_cast<uintptr_t>(room.data()) % kAlignment);
    arguments.emplace(DNNL_ARG_SCRATCHPAD, wrap(scratchpad, begin));
    primitive.execute(stream(), arguments);
    stream().wait();
  }
};

// How a number of items is cut into pieces for the threads: all have `least` items or one more.
struct Cut {
  int64_t items, workers, each;

  // At least `few` items in a piece where a worker has several.
  static Cut of(int64_t items, int64_t elements, int64_t few) {
    const int64_t workers = staysOnThread() ? std::min<int64_t>(threadsFor(elements), items) : 1;
    return {items, workers, workers == 1 ? 1 : std::clamp<int64_t>(items / workers / few, 1, kPiecesEach)};
  }

  int64_t pieces() const { return workers * each; }
  int64_t first(int64_t piece) const { return items * piece / pieces(); }
  int64_t least() const { return items / pieces(); }
  int64_t most() const { return (items + pieces() - 1) / pieces(); }

  // Calls body(first, count, piece).
  template <class Body>
  void over(Body body) const {
    overPieces(workers, each, [&](int64_t piece) { body(first(piece), first(piece + 1) - first(piece), piece); });
  }
};

}  // namespace iekd
