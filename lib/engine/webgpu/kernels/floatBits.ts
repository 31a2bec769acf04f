/**
 * WGSL lets a compiler assume that no number is NaN or infinite, so that a comparison of floats may send NaN either way. These
 * functions compare the bits of IEEE 754 instead, which no compiler may change. For texts of programs; each stands alone.
 */

/** `is_nan(v: f32) -> bool` */
export const IS_NAN = `fn is_nan(v: f32) -> bool {
  return (bitcast<u32>(v) & 0x7fffffffu) > 0x7f800000u;
}
`;

/** `below_zero(v: f32) -> bool`: negative numbers, −0 and −∞; neither sign of NaN. */
export const BELOW_ZERO = `fn below_zero(v: f32) -> bool {
  let bits = bitcast<u32>(v);
  return bits >= 0x80000000u && bits <= 0xff800000u;
}
`;

/** `at_least(v: f32, bound: f32) -> bool`, for a positive finite bound; no NaN is. */
export const AT_LEAST = `fn at_least(v: f32, bound: f32) -> bool {
  let bits = bitcast<u32>(v);
  return bits >= bitcast<u32>(bound) && bits <= 0x7f800000u;
}
`;
