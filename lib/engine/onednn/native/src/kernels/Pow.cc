// a to the power of b, element by element, with JavaScript's NaN: that of an exponent is kept, also of base 1,
// and 1 and −1 have no infinite power.
#include <cmath>

#include "../grid.h"
#include "../registry.h"

// outer, inner, a along outer?, a along inner?, b along outer?, b along inner?, a, b, y
IEKD_KERNEL(Pow) {
  iekd::overGrid(in, &iekd::Arguments::floats, &iekd::Arguments::floats, [](float a, float b) {
    if (b == 2) return a * a;  // what is asked for most, and pow costs ten times as much
    if (b != b || (std::isinf(b) && std::fabs(a) == 1)) return std::nanf("");
    return std::pow(a, b);
  });
}
