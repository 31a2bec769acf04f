/** Early stopping: a stage ends where its validation part gets no better (Prechelt 1998; Keras's `EarlyStopping`). */
import { integerIn, knownKeys, numberIn, textIn } from '../util/check';

/** When a stage ends before its last epoch. */
export interface EarlyStopping {
  /** So many epochs in a row without an improvement end the stage. */
  readonly patience: number;
  /** An improvement is larger than this; default 0. */
  readonly minDelta?: number;
  /** Of the validation part: `loss` or the task's primary metric, which is the default. */
  readonly metric?: string;
}

/** @throws InputError naming `where` and the entry that is wrong */
export function checkEarlyStopping(where: string, value: unknown): EarlyStopping {
  knownKeys(where, value, ['patience', 'minDelta', 'metric']);
  const { patience, minDelta, metric } = value as Partial<EarlyStopping>;
  integerIn(`${where}: patience`, patience, 1);
  if (minDelta !== undefined) numberIn(`${where}: minDelta`, minDelta, 0);
  if (metric !== undefined) textIn(`${where}: metric`, metric);
  return value as EarlyStopping;
}

/**
 * Whether a stage ends after the last of `scores`, one an epoch, higher is better. A pure function of them, so that a run that goes on
 * decides as it would have without a break. A score that is no number is no improvement.
 */
export function endsEarly(scores: readonly number[], { patience, minDelta = 0 }: EarlyStopping): boolean {
  let best = Number.NEGATIVE_INFINITY;
  let since = 0;
  for (const score of scores) {
    const better = score > best + minDelta || (best === Number.NEGATIVE_INFINITY && !Number.isNaN(score));
    since = better ? 0 : since + 1;
    if (better) best = score;
  }
  return since >= patience;
}
