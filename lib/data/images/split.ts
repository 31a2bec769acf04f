/** Stratified splits: every class keeps its share. Drawn from a stream a class, so that the draw of one moves no other. */
import { integerIn } from '../../util/check';
import type { Random } from '../../util/rng';
import type { Labels } from '../types';
import { byClass } from './imageSet';

/** Numbers of the images in each part, ascending. */
export interface Split {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
}

export interface SplitOptions {
  /** Images to train on; default all that validation leaves. */
  readonly train?: number | undefined;
  /** Images to hold out; default 0. */
  readonly validation?: number | undefined;
  readonly random: Random;
}

/** Shares of `total` in proportion to `counts`, by largest remainder (ties: the lower class); each at most its count. */
export function shares(counts: readonly number[], total: number): number[] {
  const sum = counts.reduce((a, b) => a + b, 0);
  const exact = counts.map((n) => (sum === 0 ? 0 : (n * total) / sum));
  const result = exact.map(Math.floor);
  const left = total - result.reduce((a, b) => a + b, 0);
  const order = exact.map((_, i) => i).sort((a, b) => fraction(exact[b]) - fraction(exact[a]) || a - b);
  for (const i of order.slice(0, left)) (result[i] as number)++;
  return result;
}

const fraction = (x: number | undefined): number => (x ?? 0) - Math.floor(x ?? 0);

/**
 * Splits images by their labels. Of each class, permuted by the stream `<class>`, training takes from the front and validation
 * from the back: the same seed gives the same validation images whatever the size of the training part, and where classes are
 * equally large a smaller training part lies within a larger one.
 */
export function stratifiedSplit(where: string, labels: Labels, options: SplitOptions): Split {
  const validation = integerIn(`${where}: validation`, options.validation ?? 0, 0, labels.length);
  const rest = labels.length - validation;
  const train = integerIn(`${where}: train`, options.train ?? rest, 0, rest);
  const classes = byClass(labels);
  const held = shares(
    classes.map((c) => c.length),
    validation,
  );
  const used = shares(
    classes.map((c, i) => c.length - (held[i] as number)),
    train,
  );
  const parts = { train: [] as number[], validation: [] as number[] };
  for (const [label, members] of classes.entries()) {
    const order = Array.from(options.random.stream(String(label)).permutation(members.length), (i) => members[i] as number);
    for (const i of order.slice(0, used[label])) parts.train.push(i);
    for (const i of order.slice(order.length - (held[label] as number))) parts.validation.push(i);
  }
  return { train: Uint32Array.from(parts.train).sort(), validation: Uint32Array.from(parts.validation).sort() };
}
