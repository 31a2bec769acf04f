// Winograd's minimal filtering F(2×2, 3×3) (Lavin & Gray 2016), on registers of channels:
//   y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A,   dg = Gᵀ [ Σ (A dy Aᵀ) ⊙ (Bᵀ d B) ] G
#pragma once
#include "../lanes.h"

namespace iekd::winograd {

// v = Bᵀ d B.
inline void transformInput(const Lanes (&d)[4][4], Lanes (&v)[4][4]) {
  Lanes t[4][4];
#pragma GCC unroll 4
  for (int j = 0; j < 4; j++) {
    t[0][j] = d[0][j] - d[2][j];
    t[1][j] = d[1][j] + d[2][j];
    t[2][j] = d[2][j] - d[1][j];
    t[3][j] = d[1][j] - d[3][j];
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    v[i][0] = t[i][0] - t[i][2];
    v[i][1] = t[i][1] + t[i][2];
    v[i][2] = t[i][2] - t[i][1];
    v[i][3] = t[i][1] - t[i][3];
  }
}

// y = Aᵀ m A.
inline void transformOutput(const Lanes (&m)[4][4], Lanes (&y)[2][2]) {
  Lanes r[2][4];
#pragma GCC unroll 4
  for (int j = 0; j < 4; j++) {
    r[0][j] = m[0][j] + m[1][j] + m[2][j];
    r[1][j] = m[1][j] - m[2][j] - m[3][j];
  }
#pragma GCC unroll 2
  for (int i = 0; i < 2; i++) {
    y[i][0] = r[i][0] + r[i][1] + r[i][2];
    y[i][1] = r[i][1] - r[i][2] - r[i][3];
  }
}

// w = A dy Aᵀ.
inline void transformOutputGradient(const Lanes (&g)[2][2], Lanes (&w)[4][4]) {
  Lanes r[4][2];
#pragma GCC unroll 2
  for (int j = 0; j < 2; j++) {
    r[0][j] = g[0][j];
    r[1][j] = g[0][j] + g[1][j];
    r[2][j] = g[0][j] - g[1][j];
    r[3][j] = -g[1][j];
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    w[i][0] = r[i][0];
    w[i][1] = r[i][0] + r[i][1];
    w[i][2] = r[i][0] - r[i][1];
    w[i][3] = -r[i][1];
  }
}

// u = G g Gᵀ.
inline void transformFilter(const Lanes (&g)[3][3], Lanes (&u)[4][4]) {
  Lanes t[4][3];
  for (int j = 0; j < 3; j++) {
    t[0][j] = g[0][j];
    t[1][j] = 0.5f * (g[0][j] + g[1][j] + g[2][j]);
    t[2][j] = 0.5f * (g[0][j] - g[1][j] + g[2][j]);
    t[3][j] = g[2][j];
  }
  for (int i = 0; i < 4; i++) {
    u[i][0] = t[i][0];
    u[i][1] = 0.5f * (t[i][0] + t[i][1] + t[i][2]);
    u[i][2] = 0.5f * (t[i][0] - t[i][1] + t[i][2]);
    u[i][3] = t[i][2];
  }
}

// dg = Gᵀ m G.
inline void transformFilterGradient(const Lanes (&m)[4][4], Lanes (&g)[3][3]) {
  Lanes r[3][4];
  for (int j = 0; j < 4; j++) {
    r[0][j] = m[0][j] + 0.5f * (m[1][j] + m[2][j]);
    r[1][j] = 0.5f * (m[1][j] - m[2][j]);
    r[2][j] = 0.5f * (m[1][j] + m[2][j]) + m[3][j];
  }
  for (int i = 0; i < 3; i++) {
    g[i][0] = r[i][0] + 0.5f * (r[i][1] + r[i][2]);
    g[i][1] = 0.5f * (r[i][1] - r[i][2]);
    g[i][2] = 0.5f * (r[i][1] + r[i][2]) + r[i][3];
  }
}

}  // namespace iekd::winograd
