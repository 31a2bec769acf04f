// Regions of every kind on the pool: each piece is done once, by whomever, and what it wrote is there when the region has ended.
// Compiled with ThreadSanitizer, which sees what is read or written without order (threadPool.test.ts).
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "threads.h"

namespace {

// A plain array that pieces write and the caller reads: right only if the pool orders them.
void region(int64_t workers, int64_t each, int round) {
  std::vector<int> written(workers * each, 0);
  iekd::overPieces(workers, each, [&](int64_t piece) {
    if (round % 64 == 0 && piece % 5 == 0) std::this_thread::sleep_for(std::chrono::microseconds(200));
    written[piece] += round + 1;
  });
  for (const int value : written) {
    if (value == round + 1) continue;
    std::printf("workers %d, pieces each %d, round %d: a piece was done %d times\n", static_cast<int>(workers), static_cast<int>(each),
                round, value / (round + 1));
    std::exit(1);
  }
}

}  // namespace

int main() {
  for (int round = 0; round < 3000; round++) {
    region(1 + round % 7, 1 + round % 4, round);
    // Long enough for the threads to fall asleep, at times; at others about as long as they look for work.
    if (round % 50 == 0) std::this_thread::sleep_for(std::chrono::microseconds(round % 100 == 0 ? 2000 : 300));
  }
  std::vector<double> sums(iekd::threadCount() = 5);
  iekd::parallelRanges(100003, 100003, [&](int64_t first, int64_t last, int range) {
    for (int64_t i = first; i < last; i++) sums[range] += static_cast<double>(i);
  });
  double total = 0;
  for (const double sum : sums) total += sum;
  std::printf("%.0f\n", total);
  std::fflush(stdout);
  std::_Exit(0);  // the pool's threads never end
}
