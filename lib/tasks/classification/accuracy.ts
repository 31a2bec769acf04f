/** Loss and accuracy of logits against labels, in plain double precision: the same on every engine. */
import { refuse, refusePhrase } from '../../util/check';

/** Sums over images. */
export interface Score {
  readonly loss: number;
  readonly top1: number;
  readonly top5: number;
}

/**
 * Sums of cross-entropy and of hits over a batch. An image is a top-k hit when fewer than k classes rank before its own; of
 * equal logits the lower class number ranks first, so constant logits score as guessing class 0 does. With 5 classes or fewer
 * every image is a top-5 hit.
 * @param logits [count, classes] row by row @param where named in errors @param first number of the batch's first image, for errors
 * @throws InputError on a label that is no class, and on logits that are not finite
 */
export function scoreLogits(logits: Float32Array, labels: Int32Array, classes: number, where: string, first = 0): Score {
  let [loss, top1, top5] = [0, 0, 0];
  for (let i = 0; i < labels.length; i++) {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    const label = labels[i] as number;
    if (label < 0 || label >= classes) throw refuse(`${where}, image ${first + i}`, `a label in [0, ${classes})`, label);
    const bad = row.findIndex((logit) => !Number.isFinite(logit));
    if (bad >= 0) throw refusePhrase(`${where}, image ${first + i}`, 'finite logits', `${row[bad]} for class ${bad}`);
    const own = row[label] as number;
    const largest = row.reduce((a, b) => Math.max(a, b), -Infinity);
    const normaliser = row.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
    loss += largest + Math.log(normaliser) - own;
    const rank = row.reduce((before, logit, c) => before + (logit > own || (logit === own && c < label) ? 1 : 0), 0);
    if (rank < 1) top1++;
    if (rank < 5) top5++;
  }
  return { loss, top1, top5 };
}
