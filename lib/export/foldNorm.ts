/**
 * Batch norm folded into the linear map before it: scale · (x ∗ w + b) + shift is x ∗ (scale · w) + scale · b + shift, with
 * scale = γ / √(variance + ε), shift = β − scale · mean (Jacob et al. 2018, section 3.2). Computed in float64, rounded once.
 */
import type { TensorData } from '../engine/variables';
import type { ValuedConvolution, ValuedNorm, ValuedProduct } from './valued';

/** The last axis of a weight is that of the channels of its result. */
export function foldNorm<T extends ValuedConvolution | ValuedProduct>(map: T, norm: ValuedNorm): T {
  const { scale, shift } = scaleAndShift(norm);
  const channels = scale.length;
  const weight = map.weight.data.map((value, i) => value * (scale[i % channels] as number));
  const bias = shift.map((value, c) => value + (scale[c] as number) * (map.bias?.data[c] ?? 0));
  return {
    ...map,
    weight: { shape: map.weight.shape, data: weight },
    bias: { shape: [channels], data: Float32Array.from(bias) },
  };
}

/** [channels] each: y = scale · x + shift. */
function scaleAndShift({ gamma, beta, mean, variance, epsilon }: ValuedNorm): {
  readonly scale: Float64Array;
  readonly shift: Float64Array;
} {
  const at = ({ data }: TensorData, c: number): number => data[c] as number;
  const each = (f: (c: number) => number): Float64Array => Float64Array.from(gamma.data, (_, c) => f(c));
  const scale = each((c) => at(gamma, c) / Math.sqrt(at(variance, c) + epsilon));
  return { scale, shift: each((c) => at(beta, c) - (scale[c] as number) * at(mean, c)) };
}
