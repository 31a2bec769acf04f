// Per-channel loops over NHWC data, made wide: a tile is a whole number of rows (of `channels` values) of about 256 elements, and
// per-channel coefficients are repeated across it, so that the inner loop is long and vectorises whatever the channel count.
#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "parts.h"

namespace iekd {

struct ChannelTile {
  int64_t channels;
  int64_t rows;   // rows in a tile
  int64_t width;  // elements in a tile

  explicit ChannelTile(int64_t c) : channels(c), rows(std::max<int64_t>(1, 256 / c)), width(rows * c) {}

  // One value a channel, repeated over the tile.
  std::vector<float> repeat(const std::vector<float>& perChannel) const {
    std::vector<float> out(width);
    for (int64_t r = 0; r < rows; r++) std::copy(perChannel.begin(), perChannel.begin() + channels, out.begin() + r * channels);
    return out;
  }
};

// Calls body(begin, count) for each run of at most tile.width elements that covers rows [first, last).
template <class Body>
inline void eachTile(const ChannelTile& tile, int64_t first, int64_t last, Body body) {
  const int64_t end = last * tile.channels;
  for (int64_t at = first * tile.channels; at < end; at += tile.width) body(at, std::min(tile.width, end - at));
}

// Two sums a channel, accumulated in float over a short run of tiles and in double beyond it.
class ChannelSums {
 public:
  explicit ChannelSums(const ChannelTile& tile)
      : tile_(tile), s(tile.width, 0.0f), q(tile.width, 0.0f), s_(tile.channels, 0.0), q_(tile.channels, 0.0) {}

  // To be called after each tile; moves the float sums on before they lose precision.
  void next() {
    if (++tiles_ == 64) flush();
  }

  void flush() {
    for (int64_t at = 0; at < tile_.width; at += tile_.channels)
      for (int64_t c = 0; c < tile_.channels; c++) {
        s_[c] += s[at + c];
        q_[c] += q[at + c];
        s[at + c] = q[at + c] = 0.0f;
      }
    tiles_ = 0;
  }

  const std::vector<double>& first() const { return s_; }
  const std::vector<double>& second() const { return q_; }

 private:
  const ChannelTile& tile_;
  int tiles_ = 0;

 public:
  std::vector<float> s, q;

 private:
  std::vector<double> s_, q_;
};

// Sums of every part of the rows (parts.h). A part makes its own, which takes a while where there are many.
class PartSums {
 public:
  explicit PartSums(const ChannelTile& tile) : tile_(tile), parts_(mostParts()) {}

  ChannelSums& of(int64_t part) { return parts_[part].emplace(tile_); }

  // Of all parts, in their order.
  void total(std::vector<double>& s, std::vector<double>& q) const {
    s.assign(tile_.channels, 0.0);
    q.assign(tile_.channels, 0.0);
    for (const auto& part : parts_) {
      if (!part) continue;
      for (int64_t c = 0; c < tile_.channels; c++) {
        s[c] += part->first()[c];
        q[c] += part->second()[c];
      }
    }
  }

 private:
  const ChannelTile& tile_;
  std::vector<std::optional<ChannelSums>> parts_;
};

}  // namespace iekd
