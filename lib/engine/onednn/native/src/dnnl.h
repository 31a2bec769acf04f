// oneDNN's engine and stream, how a primitive is described to it, and a bounded cache of primitives by shape.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <oneapi/dnnl/dnnl.hpp>

namespace iekd {

inline dnnl::engine& cpu() {
  static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

inline dnnl::stream& stream() {
  static dnnl::stream stream(cpu());
  return stream;
}

// Describes a primitive, a forward pass or a matrix product, from what oneDNN calls its descriptor's arguments. Version 2 wants an
// operation's descriptor first, made of them, and then the engine; version 3 took that descriptor away and has all in one call.
template <class Primitive, class... Given>
typename Primitive::primitive_desc describe(const Given&... given) {
#if DNNL_VERSION_MAJOR >= 3
  return {cpu(), given...};
#else
  return {typename Primitive::desc(given...), cpu()};
#endif
}

// The same of a gradient, which also wants the description of its forward pass.
template <class Primitive, class Forward, class... Given>
typename Primitive::primitive_desc describeGradient(const Forward& forward, const Given&... given) {
#if DNNL_VERSION_MAJOR >= 3
  return {cpu(), given..., forward};
#else
  return {typename Primitive::desc(given...), cpu(), forward};
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

}  // namespace iekd
