/** What a detector says and should say at each prior, and the loss between the two. */
import type { tf } from '../engine/tf';

/** What a detector says at each prior. */
export interface PriorOutput {
  /** [batch, priors, classes + 1] before softmax; the background is class 0. */
  readonly logits: tf.Tensor3D;
  /** [batch, priors, 4], in units of the variances. */
  readonly offsets: tf.Tensor3D;
}

/** What it should say. */
export interface PriorLabels {
  /** int32 [batch, priors]: 0 is the background. */
  readonly labels: tf.Tensor2D;
  /** [batch, priors, 4]; looked at only where the label is not 0. */
  readonly offsets: tf.Tensor3D;
}

/** The two addends. */
export interface MultiboxLoss {
  readonly confidence: tf.Scalar;
  readonly localisation: tf.Scalar;
}
