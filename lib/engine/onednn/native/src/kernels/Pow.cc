// a to the power of b, element by element, with JavaScript's NaN: that of an exponent is kept, also of base 1.
#include <cmath>

#include "../grid.h"
#include "../registry.h"

// outer, inner, a along outer?, a along inner?, b along outer?, b along inner?, a, b, y
IEKD_KERNEL(Pow) {
  iekd::overGrid(in, &iekd::Arguments::floats, &iekd::Arguments::floats, [](float a, float b) {
    if (b == 2) return a * a;  // what is asked for most, and pow costs ten times as much
    return b != b ? b : std::pow(a, b);
  });
}
