// Comparisons of floats, and logic of their answers: bytes, 1 or 0. Beside NaN everything is false but NotEqual.
#include "../grid.h"
#include "../registry.h"

using iekd::Arguments;

// outer, inner, a along outer?, a along inner?, b along outer?, b along inner?, a, b, y
#define IEKD_COMPARE(NAME, EXPRESSION)                                         \
  IEKD_KERNEL(NAME) {                                                          \
    iekd::overGrid(in, &Arguments::floats, &Arguments::bytes,                  \
                   [](float a, float b) -> uint8_t { return EXPRESSION; });    \
  }

IEKD_COMPARE(Greater, a > b)
IEKD_COMPARE(GreaterEqual, a >= b)
IEKD_COMPARE(Less, a < b)
IEKD_COMPARE(LessEqual, a <= b)
IEKD_COMPARE(Equal, a == b)
IEKD_COMPARE(NotEqual, a != b)

#define IEKD_LOGIC(NAME, EXPRESSION)                                           \
  IEKD_KERNEL(NAME) {                                                          \
    iekd::overGrid(in, &Arguments::bytes, &Arguments::bytes,                   \
                   [](uint8_t a, uint8_t b) -> uint8_t { return EXPRESSION; }); \
  }

IEKD_LOGIC(LogicalAnd, (a != 0) & (b != 0))
IEKD_LOGIC(LogicalOr, (a != 0) | (b != 0))

// count, x, y
IEKD_KERNEL(LogicalNot) {
  const int64_t count = in.dim();
  const uint8_t* x = in.bytes(count);
  uint8_t* y = in.bytes(count);
  iekd::parallelPieces(count, count, [&](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; i++) y[i] = x[i] == 0;
  });
}
