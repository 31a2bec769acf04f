/**
 * Noise-contrastive estimation over a bank of embeddings (Tian et al. 2020, equations 8 to 12 and 18; Gutmann & Hyvärinen 2010): which image of
 * a bank an anchor belongs to, told from m drawn ones.
 *   h = p / (p + m / n), p = exp(anchor · bank / T) / Z; loss = −log h(own) − Σ over the m drawn of log(1 − h)
 * Scores of all n images are one product of matrices, and a drawn image counts as often as it was drawn: the same sum as over the drawn ones
 * alone, without copying m rows of the bank for every anchor.
 */
import { checkTensors } from '../../engine/checkTensors';
import { tf } from '../../engine/tf';
import { positive, refuse } from '../../util/check';

/** The images of a bank that anchors are compared with. */
export interface Candidates {
  /** How often each image is a candidate of each anchor, its own once: [batch, n]. */
  readonly counts: tf.Tensor2D;
  /** The numbers of the anchors' own images, [batch]. */
  readonly own: Int32Array;
  /** m, the drawn ones of each anchor, from 1. */
  readonly drawn: number;
}

/** How scores become probabilities. */
export interface ContrastOptions {
  /** T, above 0. */
  readonly temperature: number;
  /** Z, above 0; `scoreNormaliser` estimates it. */
  readonly normaliser: number;
}

/**
 * Mean over the batch of the loss above. Bounds: ≥ 0, none above.
 * @param anchors [batch, dimensions], rows of length 1 @param bank [n, dimensions], a constant
 */
export function noiseContrast(
  anchors: tf.Tensor2D,
  bank: tf.Tensor2D,
  candidates: Candidates,
  { temperature, normaliser }: ContrastOptions,
): tf.Scalar {
  checkBank('noiseContrast', anchors, bank, candidates);
  positive('noiseContrast: temperature', temperature);
  positive('noiseContrast: normaliser', normaliser);
  return tf.tidy(() => {
    const { counts, own, drawn } = candidates;
    const scale = bank.shape[0] / (drawn * normaliser); // p / (m / n) is this times the score
    const rest = tf.log(tf.add(tf.mul(scores(anchors, bank, temperature), scale), 1));
    const logits = tf.div(tf.sum(tf.mul(anchors, tf.gather(bank, tf.tensor1d(own, 'int32'))), 1), temperature); // [batch]
    return tf.mean<tf.Scalar>(tf.sub(tf.sum(tf.mul(counts, rest), 1), tf.add(logits, Math.log(scale))));
  });
}

/** Z as the authors' code estimates it of a first batch: n times the mean score of all candidates. */
export function scoreNormaliser(anchors: tf.Tensor2D, bank: tf.Tensor2D, candidates: Candidates, temperature: number): number {
  checkBank('scoreNormaliser', anchors, bank, candidates);
  positive('scoreNormaliser: temperature', temperature);
  const sum = tf.tidy(() => tf.sum(tf.mul(candidates.counts, scores(anchors, bank, temperature))).dataSync()[0] as number);
  return (bank.shape[0] * sum) / (anchors.shape[0] * (candidates.drawn + 1));
}

/** exp(anchor · bank / T), [batch, n]; the anchors are divided, which are fewer. */
const scores = (anchors: tf.Tensor2D, bank: tf.Tensor2D, temperature: number): tf.Tensor2D =>
  tf.exp(tf.matMul(tf.div<tf.Tensor2D>(anchors, temperature), bank, false, true));

function checkBank(where: string, anchors: tf.Tensor2D, bank: tf.Tensor2D, { counts }: Candidates): void {
  checkTensors(where, { anchors, bank, counts });
  if (anchors.shape[1] !== bank.shape[1]) throw refuse(where, `anchors of ${bank.shape[1]} values`, anchors.shape);
  const [batch, count] = [anchors.shape[0], bank.shape[0]];
  if (counts.shape[0] === batch && counts.shape[1] === count) return;
  throw refuse(where, `counts of shape ${JSON.stringify([batch, count])}`, counts.shape);
}
