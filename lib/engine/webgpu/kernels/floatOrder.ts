/** Maxima and minima that keep NaN, by comparing bits: WGSL's own `max` and `min` may drop it. Each text needs `IS_NAN` before it. */

/** `order(v: f32) -> u32`: grows with v from −∞ to ∞; the same for both zeros. */
export const ORDER = `fn order(v: f32) -> u32 {
  let bits = bitcast<u32>(v);
  if ((bits << 1u) == 0u) { return 0x80000000u; }
  if (bits >= 0x80000000u) { return ~bits; }
  return bits | 0x80000000u;
}
`;

/** `larger(a: f32, b: f32) -> f32` and `smaller`: NaN where one of them is. Needs `ORDER`. */
export const LARGER = `fn larger(a: f32, b: f32) -> f32 {
  if (is_nan(a)) { return a; }
  if (is_nan(b)) { return b; }
  if (order(a) >= order(b)) { return a; }
  return b;
}
`;

/** As `larger`. */
export const SMALLER = `fn smaller(a: f32, b: f32) -> f32 {
  if (is_nan(a)) { return a; }
  if (is_nan(b)) { return b; }
  if (order(a) <= order(b)) { return a; }
  return b;
}
`;
