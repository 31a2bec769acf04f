/**
 * Relational knowledge distillation (Park et al. 2019, equations 5 to 8): distances of pairs and angles of triplets of images.
 *   ψ_D(i, j) = ‖x_i − x_j‖ / μ, μ the mean over pairs of different images; ψ_A(i, j, k) = cos of the angle at x_j
 * Both are compared by Huber's loss. Memory grows as batch² · values and as batch³.
 */
import { tf } from '../../engine/tf';
import { flatten } from '../normalisedDistance';
import { smoothL1 } from '../smoothL1';
import { checkImagesOf, pairsOf, relationMagnitude } from './relation';

/** Squared distance below which two images are one. */
const SAME = 1e-12;
/** Below this mean distance all images of a batch are one. */
const SMALLEST_MEAN = 1e-6;

interface Pairs {
  /** x_i − x_j, [batch, batch, values] */
  readonly differences: tf.Tensor3D;
  /** [batch, batch], √SAME on the diagonal */
  readonly lengths: tf.Tensor2D;
}

function pairs(x: tf.Tensor): Pairs {
  const rows = flatten(x);
  const differences = tf.sub<tf.Tensor3D>(tf.expandDims(rows, 1), tf.expandDims(rows, 0));
  // The floor is inside the root: the derivative of √0 would be infinite.
  return { differences, lengths: tf.sqrt(tf.maximum(tf.sum(tf.square(differences), 2), SAME)) };
}

/** ‖x_i − x_j‖ / μ. @param x [batch, …] @returns [batch, batch], 0 on the diagonal */
function relativeDistances(x: tf.Tensor): tf.Tensor2D {
  return tf.tidy(() => {
    const count = x.shape[0] as number;
    const distances = tf.mul(pairs(x).lengths, pairsOf(count));
    const mean = tf.div(tf.sum(distances), Math.max(count * (count - 1), 1));
    return tf.div(distances, tf.maximum(mean, SMALLEST_MEAN));
  });
}

/** cos of the angle at image i between those to images j and k. @param x [batch, …] @returns [batch, batch, batch], 0 where two are one */
function pairAngles(x: tf.Tensor): tf.Tensor3D {
  return tf.tidy(() => {
    const { differences, lengths } = pairs(x);
    const directions = tf.div<tf.Tensor3D>(differences, tf.expandDims(lengths, 2));
    return tf.matMul(directions, directions, false, true);
  });
}

/**
 * Huber's loss of both relative distances. Reduction: mean over all batch² pairs. Bound: ≥ 0, none above that does not grow with the batch.
 * @param a [batch, …] @param b [batch, …], of any size an image
 */
export function distancePotential(a: tf.Tensor, b: tf.Tensor): tf.Scalar {
  checkImagesOf('distancePotential', a, b);
  return tf.tidy(() => huber(relativeDistances(a), relativeDistances(b)));
}

/**
 * Huber's loss of both angles. Reduction: mean over all batch³ triplets. Bounds: 0 and 1.5.
 * @param a [batch, …] @param b [batch, …], of any size an image
 */
export function anglePotential(a: tf.Tensor, b: tf.Tensor): tf.Scalar {
  checkImagesOf('anglePotential', a, b);
  return tf.tidy(() => huber(pairAngles(a), pairAngles(b)));
}

/** |correlation| of both relative distances, in [0, 1]. @param a [batch, …] @param b [batch, …], of any size an image */
export function potentialMagnitude(a: tf.Tensor, b: tf.Tensor): tf.Scalar {
  checkImagesOf('potentialMagnitude', a, b);
  return tf.tidy(() => relationMagnitude(relativeDistances(a), relativeDistances(b)));
}

/** Mean over elements; its derivative is PyTorch's. */
const huber = (a: tf.Tensor, b: tf.Tensor): tf.Scalar => smoothL1(a, b, tf.scalar(1 / a.size));
