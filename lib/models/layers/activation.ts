/** Rectifiers as data: what ends a layer, and what an analysis reads of it. */
import { clipAbove, leakyRelu } from '../../engine/fused/leakyRelu';
import type { tf } from '../../engine/tf';

/** y = min(max(x, slope · x), ceiling). */
export interface Activation {
  /** In [0, 1]: 0 is ReLU, 1 none. */
  readonly slope: number;
  /** Absent: none. */
  readonly ceiling?: number;
}

export const NONE: Activation = { slope: 1 };
export const RELU: Activation = { slope: 0 };
export const RELU6: Activation = { slope: 0, ceiling: 6 };

/** Whether it changes anything. */
export const activates = ({ slope, ceiling }: Activation): boolean => slope !== 1 || ceiling !== undefined;

/** min(max(x, slope · x), ceiling) */
export function activate(x: tf.Tensor4D, { slope, ceiling }: Activation): tf.Tensor4D {
  const y = leakyRelu(x, slope);
  return ceiling === undefined ? y : clipAbove(y, ceiling);
}
