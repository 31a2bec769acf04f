// Winograd's minimal filtering (Lavin & Gray 2016) F(m×m, 3×3), on registers of channels:
//   y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A,   dg = Gᵀ [ Σ (A dy Aᵀ) ⊙ (Bᵀ d B) ] G
// F2 rounds like a direct convolution and needs 4 products an output instead of 9; F4 needs 2.25 and rounds three times coarser
// (points 0, 1, −1, ½, −2, the most accurate of those with short transforms; Barabasz et al. 2018), which gradients bear well.
// Each struct gives the five matrices as maps of one line; `both` applies such a map to columns, then to rows.
#pragma once
#include "../lanes.h"

namespace iekd::winograd {

struct F2 {
  static constexpr int kOut = 2, kPatch = 4, kTiles = 48;

  static void input(const Lanes* d, Lanes* v) {
    v[0] = d[0] - d[2];
    v[1] = d[1] + d[2];
    v[2] = d[2] - d[1];
    v[3] = d[1] - d[3];
  }
  static void output(const Lanes* m, Lanes* y) {
    y[0] = m[0] + m[1] + m[2];
    y[1] = m[1] - m[2] - m[3];
  }
  static void outputGradient(const Lanes* y, Lanes* w) {
    w[0] = y[0];
    w[1] = y[0] + y[1];
    w[2] = y[0] - y[1];
    w[3] = -y[1];
  }
  static void filter(const Lanes* g, Lanes* u) {
    u[0] = g[0];
    u[1] = 0.5f * (g[0] + g[1] + g[2]);
    u[2] = 0.5f * (g[0] - g[1] + g[2]);
    u[3] = g[2];
  }
  static void filterGradient(const Lanes* m, Lanes* g) {
    g[0] = m[0] + 0.5f * (m[1] + m[2]);
    g[1] = 0.5f * (m[1] - m[2]);
    g[2] = 0.5f * (m[1] + m[2]) + m[3];
  }
};

struct F4 {
  static constexpr int kOut = 4, kPatch = 6, kTiles = 24;

  static void input(const Lanes* d, Lanes* v) {
    const Lanes p = d[3] - d[1], q = d[4] - d[2];
    v[0] = d[0] + 1.5f * p - 2.0f * d[2] + d[4];
    v[1] = d[4] - d[1] + 0.5f * d[2] + 2.5f * d[3];
    v[2] = d[4] + d[1] - 2.5f * d[2] + 0.5f * d[3];
    v[3] = q + 2.0f * p;
    v[4] = q - 0.5f * p;
    v[5] = d[1] + 1.5f * q - 2.0f * d[3] + d[5];
  }
  static void output(const Lanes* m, Lanes* y) {
    const Lanes s = m[1] + m[2], d = m[1] - m[2];
    y[0] = m[0] + s + m[3] + m[4];
    y[1] = d + 0.5f * m[3] - 2.0f * m[4];
    y[2] = s + 0.25f * m[3] + 4.0f * m[4];
    y[3] = d + 0.125f * m[3] - 8.0f * m[4] + m[5];
  }
  static void outputGradient(const Lanes* y, Lanes* w) {
    const Lanes even = y[0] + y[2], odd = y[1] + y[3];
    w[0] = y[0];
    w[1] = even + odd;
    w[2] = even - odd;
    w[3] = y[0] + 0.5f * y[1] + 0.25f * y[2] + 0.125f * y[3];
    w[4] = y[0] - 2.0f * y[1] + 4.0f * y[2] - 8.0f * y[3];
    w[5] = y[3];
  }
  static void filter(const Lanes* g, Lanes* u) {
    const Lanes even = g[0] + g[2];
    u[0] = g[0];
    u[1] = (even + g[1]) / 3.0f;
    u[2] = (g[1] - even) / 3.0f;
    u[3] = (-16.0f * g[0] - 8.0f * g[1] - 4.0f * g[2]) / 15.0f;
    u[4] = (g[0] - 2.0f * g[1] + 4.0f * g[2]) / 15.0f;
    u[5] = g[2];
  }
  static void filterGradient(const Lanes* m, Lanes* g) {
    const Lanes d = (m[1] - m[2]) / 3.0f;
    g[0] = m[0] + d + (m[4] - 16.0f * m[3]) / 15.0f;
    g[1] = (m[1] + m[2]) / 3.0f - (8.0f * m[3] + 2.0f * m[4]) / 15.0f;
    g[2] = d + (4.0f * m[4] - 4.0f * m[3]) / 15.0f + m[5];
  }
};

// out = M in Mᵀ, where `line` maps kIn values by M to kOut.
template <int kIn, int kOut, class Line>
inline __attribute__((always_inline)) void both(const Lanes (&in)[kIn][kIn], Lanes (&out)[kOut][kOut], Line line) {
  Lanes half[kOut][kIn];
#pragma GCC unroll 6
  for (int j = 0; j < kIn; j++) {
    Lanes column[kIn], mapped[kOut];
#pragma GCC unroll 6
    for (int i = 0; i < kIn; i++) column[i] = in[i][j];
    line(column, mapped);
#pragma GCC unroll 6
    for (int i = 0; i < kOut; i++) half[i][j] = mapped[i];
  }
#pragma GCC unroll 6
  for (int i = 0; i < kOut; i++) line(half[i], out[i]);
}

}  // namespace iekd::winograd
