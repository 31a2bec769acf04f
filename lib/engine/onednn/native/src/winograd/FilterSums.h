// Each thread's part of a filter's gradient, in the transformed domain. Kept from call to call: fresh memory costs page faults.
#pragma once
#include <vector>

#include "../threads.h"

namespace iekd::winograd {

struct FilterSums {
  std::vector<std::vector<float>> parts;

  static FilterSums& start() {
    static FilterSums sums;
    sums.parts.resize(threadCount());
    for (auto& part : sums.parts) part.clear();
    return sums;
  }

  // A thread's part, zeroed. Those of threads that have no work stay empty.
  float* of(int64_t size, int thread) {
    parts[thread].assign(size, 0.0f);
    return parts[thread].data();
  }
};

}  // namespace iekd::winograd
