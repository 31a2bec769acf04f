/** What losses of two networks' logits have in common: they are of one shape, and one class of each row is the target. */
import { checkTensors } from '../../engine/checkTensors';
import { tf } from '../../engine/tf';
import { refuse, sameShape } from '../../util/check';

/** The logits of both networks on the same rows. */
export interface PairedLogits {
  /** [rows, classes], the one that learns. */
  readonly student: tf.Tensor2D;
  /** The same shape. */
  readonly teacher: tf.Tensor2D;
}

/** With the class of each row. */
export interface LabelledLogits extends PairedLogits {
  /** int32 [rows] */
  readonly labels: tf.Tensor1D;
}

/** @throws InputError for logits of unlike shapes, or of other ranks, or fewer than two classes */
export function checkPaired(where: string, { student, teacher }: PairedLogits): void {
  checkTensors(where, { student, teacher });
  if (student.rank !== 2 || student.shape[1] < 2)
    throw refuse(where, 'logits [rows, classes], two classes at least', student.shape);
  if (sameShape(student.shape, teacher.shape)) return;
  throw refuse(where, `logits of shape ${JSON.stringify(teacher.shape)}`, student.shape);
}

/** Far below any logit, yet such that what is computed of it is finite. */
const FAR_BELOW = 1e4;

/** 1 at the label's class, 0 elsewhere: [rows, classes]. */
export const targetMask = (logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor2D =>
  tf.oneHot(labels, logits.shape[1], 1, 0, 'float32') as tf.Tensor2D;

/** The logits with the target's so low that its probability is 0: their softmax is over the other classes alone. */
export const withoutTarget = (logits: tf.Tensor2D, mask: tf.Tensor2D): tf.Tensor2D =>
  tf.sub(logits, tf.mul(mask, tf.add(FAR_BELOW, logits)));

/** Σ over classes of exp(log p) · (log p − log q), mean over rows. */
export const divergenceOf = (logP: tf.Tensor, logQ: tf.Tensor): tf.Scalar =>
  tf.mean<tf.Scalar>(tf.sum(tf.mul(tf.exp(logP), tf.sub(logP, logQ)), 1));
