/** The distances that factors can be compared by: the rows of IE-KD's ablation (Huang et al. 2021, table 6). */
import type { tf } from '../../engine/tf';
import { ckaLinear, ckaRbf } from '../../losses/cka';
import { cosineDistance, cosineMagnitude } from '../../losses/cosine';
import { normalisedL1, normalisedL2 } from '../../losses/normalisedDistance';
import type { DistanceScale } from '../matcher';

/** A distance of two tensors, batch first. */
export interface FactorDistance {
  distance(factor: tf.Tensor, target: tf.Tensor): tf.Scalar;
  readonly reduction: string;
  /** The two may differ in shape; absent: they may not. */
  readonly anySize?: boolean;
  /** As a matcher's. */
  readonly repulsion: 'negate' | ((factor: tf.Tensor, target: tf.Tensor) => tf.Scalar);
  /** Landmarks for factors of `size` values an image. `unrelated` is that of independent leaky rectified normals, slope 0.1. */
  expected(size: number): DistanceScale;
}

/** By name; `l1` is the paper's best. */
export const FACTOR_DISTANCES: Readonly<Record<string, FactorDistance>> = {
  l1: {
    distance: normalisedL1,
    reduction: 'mean over elements of L2-normalised factors',
    repulsion: 'negate',
    expected: (size) => ({ bound: 2 / Math.sqrt(size), unrelated: 0.8733 / Math.sqrt(size) }),
  },
  l2: {
    distance: normalisedL2,
    reduction: 'root mean square over elements of L2-normalised factors',
    repulsion: 'negate',
    expected: (size) => ({ bound: 2 / Math.sqrt(size), unrelated: 1.2204 / Math.sqrt(size) }),
  },
  cosine: {
    distance: cosineDistance,
    reduction: 'mean over batch',
    repulsion: cosineMagnitude,
    expected: () => ({ bound: 2, unrelated: 0.7447 }),
  },
  cka: {
    distance: ckaLinear,
    reduction: 'over the batch',
    anySize: true,
    repulsion: 'negate',
    expected: () => ({ bound: 1 }),
  },
  'cka-rbf': {
    distance: (a, b) => ckaRbf(a, b),
    reduction: 'over the batch',
    anySize: true,
    repulsion: 'negate',
    expected: () => ({ bound: 1 }),
  },
};
