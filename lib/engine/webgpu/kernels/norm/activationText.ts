/** The activation of fused ops, act(v) = min(max(v, slope · v), ceiling), for which NaN stays NaN and −∞ under ReLU is 0. */
import { AT_LEAST, BELOW_ZERO, IS_NAN } from '../floatBits';
import type { WebgpuCall } from '../webgpuKernel';
import { literal } from '../wgsl';

export interface Activation {
  /** Below zero: 1 none, 0 ReLU. */
  readonly slope: number;
  readonly ceiling?: number;
}

export function activationOf({ attrs }: Pick<WebgpuCall, 'attrs'>): Activation {
  const { slope, ceiling } = attrs as { slope: number; ceiling?: number };
  return { slope, ...(ceiling === undefined || ceiling === Number.POSITIVE_INFINITY ? {} : { ceiling }) };
}

export const isIdentity = ({ slope, ceiling }: Activation): boolean => slope === 1 && ceiling === undefined;

/** As a part of a program's key. */
export const activationKey = ({ slope, ceiling }: Activation): string =>
  `slope ${slope}${ceiling === undefined ? '' : ` ceiling ${ceiling}`}`;

/** `activate(v: f32) -> f32` */
export function activate({ slope, ceiling }: Activation): string {
  const below = slope === 0 ? '0.0' : `${literal(slope)} * v`;
  return `${IS_NAN}${BELOW_ZERO}${AT_LEAST}
fn activate(v: f32) -> f32 {
  if (is_nan(v)) { return v; }
  ${slope === 1 ? '' : `if (below_zero(v)) { return ${below}; }`}
  ${ceiling === undefined ? '' : `if (at_least(v, ${literal(ceiling)})) { return ${literal(ceiling)}; }`}
  return v;
}
`;
}

/**
 * `slope_at(v: f32) -> f32`, the derivative, of v or of act(v): at 0 that of the negative side, at the ceiling 0, of NaN NaN.
 */
export function slopeAt({ slope, ceiling }: Activation): string {
  return `${IS_NAN}${AT_LEAST}
fn slope_at(v: f32) -> f32 {
  if (is_nan(v)) { return v; }
  let bits = bitcast<u32>(v);
  ${slope === 1 ? '' : `if (bits == 0u || bits >= 0x80000000u) { return ${literal(slope)}; }`}
  ${ceiling === undefined ? '' : `if (at_least(v, ${literal(ceiling)})) { return 0.0; }`}
  return 1.0;
}
`;
}
