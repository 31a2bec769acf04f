// How long every piece of every parallel region takes, and everything between them: what a prediction for other numbers of threads is
// computed from (lib/bench/scaling). While it is asked for, one thread does all pieces of as many workers as are asked for, one after
// the other, cut as those workers would have them. Otherwise it costs a region one look at a flag.
#pragma once
#include <chrono>
#include <cstdint>
#include <vector>

namespace iekd {

class PieceTimes {
 public:
  using Clock = std::chrono::steady_clock;

  struct Region {
    uint32_t workers;
    std::vector<double> pieces;  // ns
  };

  struct Call {
    const char* kernel;
    double ns;
    double serialNs;  // outside of regions, and without what the recording itself takes
    std::vector<Region> regions;
  };

  static PieceTimes& shared() {
    static auto* times = new PieceTimes;
    return *times;
  }

  static bool asked() { return flag(); }

  void ask(bool on) {
    flag() = on;
    calls_.clear();
  }

  const std::vector<Call>& calls() const { return calls_; }

  // Runs a kernel, and records it when asked.
  template <class Work>
  static void call(const char* kernel, Work work) {
    if (!asked()) return work();
    auto& calls = shared().calls_;
    calls.push_back({kernel, 0, 0, {}});
    const size_t at = calls.size() - 1;
    const auto begin = Clock::now();
    work();
    calls[at].ns = since(begin);
    calls[at].serialNs += calls[at].ns;
  }

  template <class Piece>
  void region(uint32_t workers, uint32_t each, Piece piece) {
    const auto begin = Clock::now();
    const int64_t count = int64_t{workers} * each;
    Region made{workers, std::vector<double>(count)};
    auto last = Clock::now();
    for (int64_t p = 0; p < count; p++) {
      piece(p);
      const auto now = Clock::now();
      made.pieces[p] = std::chrono::duration<double, std::nano>(now - last).count();
      last = now;
    }
    if (calls_.empty()) return;
    calls_.back().regions.push_back(std::move(made));
    calls_.back().serialNs -= since(begin);
  }

 private:
  static bool& flag() {
    static bool on = false;
    return on;
  }

  static double since(Clock::time_point begin) { return std::chrono::duration<double, std::nano>(Clock::now() - begin).count(); }

  std::vector<Call> calls_;
};

}  // namespace iekd
