/** The distances that factors can be compared by: the rows of IE-KD's ablation (Huang et al. 2021, table 6). */
import type { tf } from '../../engine/tf';
import { ckaLinear, ckaRbf } from '../../losses/cka';
import { cosineDistance, cosineMagnitude } from '../../losses/cosine';
import { normalisedL1, normalisedL2 } from '../../losses/normalisedDistance';
import type { ExpectedDistance } from '../matcher';

/** A distance of two tensors, batch first: a matcher's `Distance` of one layer. */
export interface FactorDistance {
  of(factor: tf.Tensor, target: tf.Tensor): tf.Scalar;
  readonly reduction: string;
  /** As a matcher's. */
  readonly sizeExponent: number;
  /** The two may differ in shape; absent: they may not. */
  readonly anySize?: boolean;
  /** As a matcher's. */
  readonly repulsion: 'negate' | ((factor: tf.Tensor, target: tf.Tensor) => tf.Scalar);
  /** For factors of `size` values an image. `unrelated` is that of independent leaky rectified normals, slope 0.1. */
  expected(size: number): ExpectedDistance;
}

/** By name; `l1` is the paper's best. */
export const FACTOR_DISTANCES: Readonly<Record<string, FactorDistance>> = {
  l1: {
    of: normalisedL1,
    reduction: 'mean over elements of L2-normalised factors',
    sizeExponent: -0.5,
    repulsion: 'negate',
    expected: (size) => ({ bound: 2 / Math.sqrt(size), unrelated: 0.8733 / Math.sqrt(size) }),
  },
  l2: {
    of: normalisedL2,
    reduction: 'root mean square over elements of L2-normalised factors',
    sizeExponent: -0.5,
    repulsion: 'negate',
    expected: (size) => ({ bound: 2 / Math.sqrt(size), unrelated: 1.2204 / Math.sqrt(size) }),
  },
  cosine: {
    of: cosineDistance,
    reduction: 'mean over batch',
    sizeExponent: 0,
    repulsion: cosineMagnitude,
    expected: () => ({ bound: 2, unrelated: 0.7447 }),
  },
  cka: {
    of: ckaLinear,
    reduction: 'over the batch',
    sizeExponent: 0,
    anySize: true,
    repulsion: 'negate',
    expected: () => ({ bound: 1 }),
  },
  'cka-rbf': {
    of: (a, b) => ckaRbf(a, b),
    reduction: 'over the batch',
    sizeExponent: 0,
    anySize: true,
    repulsion: 'negate',
    expected: () => ({ bound: 1 }),
  },
};
