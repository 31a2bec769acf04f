// Per-channel loops over NHWC data, made wide: a tile is a whole number of rows (of `channels` values) of about 256 elements, and
// per-channel coefficients are repeated across it, so that the inner loop is long and vectorises whatever the channel count.
#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

namespace iekd {

struct ChannelTile {
  int64_t channels;
  int64_t rows;   // rows in a tile
  int64_t width;  // elements in a tile

  explicit ChannelTile(int64_t c) : channels(c), rows(std::max<int64_t>(1, 256 / c)), width(rows * c) {}

  // One value a channel, repeated over the tile.
  std::vector<float> repeat(const std::vector<float>& perChannel) const {
    std::vector<float> out(width);
    for (int64_t j = 0; j < width; j++) out[j] = perChannel[j % channels];
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
    for (int64_t j = 0; j < tile_.width; j++) {
      s_[j % tile_.channels] += s[j];
      q_[j % tile_.channels] += q[j];
      s[j] = q[j] = 0.0f;
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

}  // namespace iekd
