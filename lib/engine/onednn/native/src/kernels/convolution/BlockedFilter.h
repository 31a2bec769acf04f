// tfjs's filters [height, width, in, out] in the layout that a primitive of oneDNN asks for, and back. oneDNN copies from this layout
// slowly and by one thread; where values stand is all that there is to know, and asked of oneDNN itself once for each primitive: it
// copies the numbers of the places.
#pragma once
#include <cstdint>
#include <vector>

#include "../../dnnl.h"

namespace iekd {

class BlockedFilter {
 public:
  BlockedFilter() = default;

  // Of float32 filters that a float counts; of others nothing is known, and oneDNN copies.
  BlockedFilter(const dnnl::memory::desc& user, const dnnl::memory::desc& own) {
    constexpr size_t kCounted = size_t{1} << 24;
    const size_t count = user.get_size() / sizeof(float), room = own.get_size() / sizeof(float);
    if (room > kCounted) return;
    std::vector<float> numbers(count), placed(room);
    for (size_t i = 0; i < count; i++) numbers[i] = static_cast<float>(i + 1);  // 0 is what stands between
    dnnl::memory from = wrap(user, numbers.data()), to = wrap(own, placed.data());
    oneThreadHere();
    dnnl::reorder(from, to).execute(stream(), from, to);
    stream().wait();
    std::vector<int32_t> places(count, -1);
    for (size_t at = 0; at < room; at++)
      if (placed[at] >= 1 && placed[at] <= count) places[static_cast<size_t>(placed[at]) - 1] = static_cast<int32_t>(at);
    for (const int32_t place : places)
      if (place < 0) return;
    places_ = std::move(places);
  }

  bool known() const { return !places_.empty(); }

  void fromUser(const float* user, float* own) const {
    each([&](int64_t i) { own[places_[i]] = user[i]; });
  }

  void toUser(const float* own, float* user) const {
    each([&](int64_t i) { user[i] = own[places_[i]]; });
  }

 private:
  template <class Body>
  void each(Body body) const {
    const int64_t count = static_cast<int64_t>(places_.size());
    parallelPieces(count, count, [&](int64_t first, int64_t last) {
      for (int64_t i = first; i < last; i++) body(i);
    });
  }

  std::vector<int32_t> places_;
};

}  // namespace iekd
