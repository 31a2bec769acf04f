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

/** Tensors over the batch's own arrays: tfjs does not copy them, so they must not be written while the tensors live. */
export function toTensors(batch: Batch): BatchTensors {
  return { images: tf.tensor4d(batch.images, [...batch.shape]), labels: tf.tensor1d(batch.labels, 'int32') };
}
