// Elementwise a ∘ b of floats, with broadcasts as the grid has them.
#include <algorithm>

#include "../grid.h"
#include "../registry.h"

using namespace iekd;

#define IEKD_BINARY(NAME, EXPRESSION) \
  IEKD_KERNEL(NAME) { overGrid(in, &Arguments::floats, &Arguments::floats, [](float a, float b) { return EXPRESSION; }); }

// outer, inner, a along outer?, a along inner?, b along outer?, b along inner?, a, b, y
IEKD_BINARY(Add, a + b)
IEKD_BINARY(Sub, a - b)
IEKD_BINARY(Multiply, a * b)
IEKD_BINARY(RealDiv, a / b)
// NaN wins on either side, as in tfjs.
IEKD_BINARY(Maximum, a > b || a != a ? a : b)
IEKD_BINARY(Minimum, a < b || a != a ? a : b)
IEKD_BINARY(SquaredDifference, (a - b) * (a - b))

// count, a, b, y = a + b: maps of one size, kept alike
IEKD_KERNEL(AddMaps) {
  withPrecision(in, [&](auto precision) {
    using Map = typename decltype(precision)::Map;
    const int64_t count = in.dim();
    const Map *a = in.maps<Map>(count), *b = in.maps<Map>(count);
    Map* y = in.maps<Map>(count);
    overLanes(count, [=](int64_t i, int n) __attribute__((always_inline)) { store(y + i, load(a + i, n) + load(b + i, n), n); });
  });
}
