/**
 * Correlation congruence (Peng et al. 2019, equations 5 to 9): how images of a batch correlate, by a Gaussian kernel of embeddings of
 * length 1, written as its Taylor series.
 *   C(i, j) = exp(−γ ‖x_i − x_j‖²) ≈ e^(−2γ) Σ over p ≤ P of (2γ)^p / p! (x_i · x_j)^p
 */
import { tf } from '../../engine/tf';
import { integerIn, positive } from '../../util/check';
import { checkImagesOf, relationMagnitude, unitRows } from './relation';

/** Of the series. */
export interface KernelOptions {
  /** γ, above 0; default 0.4. */
  readonly gamma?: number;
  /** P, the highest power, from 1; default 2. */
  readonly order?: number;
}

/** C. @param x [batch, …] @returns [batch, batch] */
function kernelCorrelation(x: tf.Tensor, options: KernelOptions = {}): tf.Tensor2D {
  const coefficients = series(options);
  return tf.tidy(() => {
    const rows = unitRows(x);
    const cosines = tf.matMul<tf.Tensor2D>(rows, rows, false, true);
    // Horner: c₀ + cos (c₁ + cos (c₂ + …))
    const [last = 0, ...others] = [...coefficients].reverse();
    const start = tf.mul<tf.Tensor2D>(cosines, last);
    return others.reduce<tf.Tensor2D>((sum, c, i) => {
      const next = tf.add<tf.Tensor2D>(sum, c);
      return i === others.length - 1 ? next : tf.mul(next, cosines);
    }, start);
  });
}

/** The coefficients of the powers 0 to P. */
function series({ gamma = 0.4, order = 2 }: KernelOptions): number[] {
  positive('kernelCorrelation: gamma', gamma);
  integerIn('kernelCorrelation: order', order, 1);
  const coefficients = [Math.exp(-2 * gamma)];
  for (let p = 1; p <= order; p++) coefficients.push(((coefficients[p - 1] as number) * 2 * gamma) / p);
  return coefficients;
}

/**
 * ‖C_a − C_b‖² / batch². Reduction: mean over elements. Bounds: 0 and 1, since C lies within (−1, 1].
 * @param a [batch, …] @param b [batch, …], of any size an image
 */
export function congruenceDistance(a: tf.Tensor, b: tf.Tensor, options: KernelOptions = {}): tf.Scalar {
  checkImagesOf('congruenceDistance', a, b);
  return tf.tidy(() => {
    return tf.mean<tf.Scalar>(tf.square(tf.sub(kernelCorrelation(a, options), kernelCorrelation(b, options))));
  });
}

/** |correlation| of both kernels, in [0, 1]. @param a [batch, …] @param b [batch, …], of any size an image */
export function congruenceMagnitude(a: tf.Tensor, b: tf.Tensor, options: KernelOptions = {}): tf.Scalar {
  checkImagesOf('congruenceMagnitude', a, b);
  return tf.tidy(() => relationMagnitude(kernelCorrelation(a, options), kernelCorrelation(b, options)));
}
