/** What the heads of a detector say, put together map after map and taken apart into class scores and offsets. */
import { tf } from '../engine/tf';
import type { ForwardResult } from './types';

/** Offsets of a prior. */
const OFFSETS = 4;

/** Values that a head says of each prior: the background, the classes, four offsets. */
export const valuesPerPrior = (classes: number): number => 1 + classes + OFFSETS;

/** @param outputs of the heads, [batch, positions · priors of each · values], in the order of the priors' maps */
export function priorPredictions(
  outputs: readonly tf.Tensor2D[],
  classes: number,
): Required<Pick<ForwardResult, 'logits' | 'offsets'>> {
  const all = tf.concat([...outputs], 1); // [batch, priors · values]
  const rows = tf.reshape(all, [all.shape[0] as number, -1, valuesPerPrior(classes)]) as tf.Tensor3D; // [batch, priors, values]
  const scores = tf.slice3d(rows, [0, 0, 0], [-1, -1, 1 + classes]);
  return { logits: tf.reshape(scores, [rows.shape[0], -1]), offsets: tf.slice3d(rows, [0, 0, 1 + classes], [-1, -1, OFFSETS]) };
}
