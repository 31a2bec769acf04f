// What ends a batch norm: nothing, a leaky rectifier, or one with a ceiling.
#pragma once
#include <cmath>
#include <type_traits>

#include "../precision.h"

namespace iekd {

// act(v) = min(max(v, slope · v), ceiling); a slope of 1 and an infinite ceiling change nothing.
struct Activation {
  float slope, ceiling;
};

inline Activation rectifier(float slope) { return {slope, INFINITY}; }

enum class End { kNone, kRectified, kClipped };

// Calls run(end) with the kind as a constant.
template <class Run>
inline void withEnd(Activation act, Run run) {
  if (std::isfinite(act.ceiling)) run(std::integral_constant<End, End::kClipped>{});
  else if (act.slope != 1.0f) run(std::integral_constant<End, End::kRectified>{});
  else run(std::integral_constant<End, End::kNone>{});
}

template <End kEnd>
inline Lanes activate(Lanes v, Activation act) {
  if (kEnd == End::kNone) return v;
  const Lanes y = rectify(v, act.slope);
  return kEnd == End::kClipped ? (y > act.ceiling ? Lanes{} + act.ceiling : y) : y;
}

// dy through the activation, by what it was given or by its result: the sign is the same, and so is being below the ceiling.
template <End kEnd>
inline Lanes activationGradient(Lanes dy, Lanes v, Activation act) {
  if (kEnd == End::kNone) return dy;
  const Lanes g = v > 0 ? dy : dy * act.slope;
  return kEnd == End::kClipped ? (v < act.ceiling ? g : g * 0.0f) : g;
}

}  // namespace iekd
