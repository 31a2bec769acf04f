/** Batches on the engine. */
import { tf } from '../../engine/tf';
import type { Batch } from '../types';

/** A batch as tensors, to be disposed of by whoever made them. */
export interface BatchTensors {
  /** float32 [batch, height, width, channels], normalised */
  readonly images: tf.Tensor4D;
  /** int32 [batch] */
  readonly labels: tf.Tensor1D;
}

/** The images of a batch, [batch, height, width, channels], over its own array: tfjs does not copy it, so it must not be written while the tensor lives. */
export function imageTensor({ images, shape }: Batch): tf.Tensor4D {
  return tf.tensor4d(images, [...shape]);
}

/** Images and labels, both over the batch's own arrays. */
export function toTensors(batch: Batch): BatchTensors {
  return { images: imageTensor(batch), labels: tf.tensor1d(batch.labels, 'int32') };
}
