// a to the power of b, element by element, with JavaScript's NaN: that of an exponent is kept, also of base 1.
#include <cmath>

#include "../grid.h"
#include "../registry.h"

namespace {

// Squares are what is asked for most, and pow costs ten times as much.
float power(float a, float b) {
  if (b == 2) return a * a;
  return b != b ? b : std::pow(a, b);
}

}  // namespace

// outer, inner, a along outer?, a along inner?, b along outer?, b along inner?, a, b, y
IEKD_KERNEL(Pow) { iekd::overGrid(in, &iekd::Arguments::floats, &iekd::Arguments::floats, power); }
