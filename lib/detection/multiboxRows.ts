/**
 * The multibox loss written out over rows, for engines without kernels for it whose values lie in the machine's memory: each row is
 * looked at once, and only those that count, a tenth as a rule, have a gradient. Values and gradients are those of the definition in
 * multiboxLoss.ts.
 */
import { tf } from '../engine/tf';
import { hardNegatives, type MiningOptions } from './hardNegatives';
import { knownGradient } from './knownGradient';
import type { MultiboxLoss, PriorLabels, PriorOutput } from './priorOutput';

/** As `multiboxLoss`; shapes were checked there. */
export function multiboxLossOfRows({ logits, offsets }: PriorOutput, target: PriorLabels, options: MiningOptions): MultiboxLoss {
  const labels = target.labels.dataSync<'int32'>();
  const wanted = target.offsets.dataSync<'float32'>();
  const [, priors, classes] = logits.shape;
  let n = 0;
  for (let row = 0; row < labels.length; row++) if (labels[row] !== 0) n++;
  const rows: Rows = { labels, n: Math.max(1, n) };
  return {
    confidence: differentiable(logits, (values) => confidenceOf(values, rows, { priors, classes, options })),
    localisation: differentiable(offsets, (values) => localisationOf(values, wanted, rows)),
  };
}

interface Rows {
  /** Of all images, one after the other. */
  readonly labels: Int32Array;
  /** Positives of the batch, at least 1. */
  readonly n: number;
}

interface Differentiated {
  readonly value: number;
  readonly gradient: Float32Array;
}

/** By `f` from the values of x. */
function differentiable(x: tf.Tensor3D, f: (values: Float32Array) => Differentiated): tf.Scalar {
  return knownGradient(x, (at) => {
    const { value, gradient } = f(at.dataSync<'float32'>());
    return [tf.scalar(value), tf.tensor(gradient, at.shape)];
  });
}

interface Classified {
  readonly priors: number;
  /** With the background. */
  readonly classes: number;
  readonly options: MiningOptions;
}

/** Gradient of a row that counts: (softmax − label) / n. */
function confidenceOf(logits: Float32Array, { labels, n }: Rows, { priors, classes, options }: Classified): Differentiated {
  const sums = logSumExps(logits, classes);
  const background = sums.map((sum, row) => sum - (logits[row * classes] as number));
  const counts = hardNegatives(labels, background, priors, options);
  const gradient = new Float32Array(logits.length);
  let value = 0;
  for (let row = 0; row < labels.length; row++) {
    // As in the definition, a row that is not finite is seen even where it does not count.
    if (!(Math.abs(background[row] as number) < Infinity)) value = Number.NaN;
    if (counts[row] === 0) continue;
    const [from, sum] = [row * classes, sums[row] as number];
    const label = from + (labels[row] as number);
    value += sum - (label < from + classes ? (logits[label] as number) : Number.NaN);
    for (let at = from; at < from + classes; at++) gradient[at] = Math.exp((logits[at] as number) - sum) / n;
    gradient[label] = (gradient[label] as number) - 1 / n;
  }
  return { value: value / n, gradient };
}

/** log Σ exp of each row, with the row's own largest value taken out first. */
function logSumExps(logits: Float32Array, classes: number): Float32Array {
  const sums = new Float32Array(logits.length / classes);
  for (let row = 0, from = 0; row < sums.length; row++, from += classes) {
    let largest = logits[from] as number;
    for (let at = from + 1; at < from + classes; at++) largest = Math.max(largest, logits[at] as number);
    let sum = 0;
    for (let at = from; at < from + classes; at++) sum += Math.exp((logits[at] as number) - largest);
    sums[row] = largest + Math.log(sum);
  }
  return sums;
}

/** Gradient at a positive: the difference within [−1, 1], / n. */
function localisationOf(offsets: Float32Array, wanted: Float32Array, { labels, n }: Rows): Differentiated {
  const gradient = new Float32Array(offsets.length);
  let value = 0;
  for (let at = 0; at < offsets.length; at++) {
    const offset = offsets[at] as number;
    if (!(Math.abs(offset) < Infinity)) value = Number.NaN;
    if (labels[at >> 2] === 0) continue;
    const x = offset - (wanted[at] as number);
    value += Math.abs(x) < 1 ? (x * x) / 2 : Math.abs(x) - 0.5;
    gradient[at] = Math.min(Math.max(x, -1), 1) / n;
  }
  return { value: value / n, gradient };
}
