/** The best epoch of a network, chosen on the validation part where there is one; else on the test part, and labelled so. */
import type { Task } from '../../tasks/types';
import type { Evaluation } from '../evaluation';

/** An epoch that was best so far. */
export interface BestEpoch {
  /** Epochs done when it was measured. */
  readonly epoch: number;
  /** A best chosen on the test part is optimistic: it is what papers print, and no estimate of new data. */
  readonly selectedOn: Evaluation['split'];
  readonly evaluations: readonly Evaluation[];
}

/** The epoch as the new best when its primary metric is better than the old one's; the earliest of equals stays. */
export function newBest(
  best: BestEpoch | undefined,
  { epoch, evaluations }: Pick<BestEpoch, 'epoch' | 'evaluations'>,
  primary: Task['primary'],
): BestEpoch | undefined {
  const judged = judge(evaluations);
  if (!judged) return undefined;
  const value = scoreOf(judged, primary);
  const before = best && judge(best.evaluations);
  if (Number.isNaN(value) || (before && value <= scoreOf(before, primary))) return undefined;
  return { epoch, selectedOn: judged.split, evaluations };
}

/**
 * What early stopping compares, an epoch at a time, higher is better: a metric of the validation part, NaN where it has none.
 * @param metric `loss` or the primary one, which is the default
 */
export function validationScores(
  epochs: readonly Pick<BestEpoch, 'evaluations'>[],
  primary: Task['primary'],
  metric = primary.name,
): number[] {
  return epochs.map(({ evaluations }) => {
    const found = evaluations.find(({ split }) => split === 'validation');
    if (!found) return Number.NaN;
    return metric === 'loss' ? -found.loss : scoreOf(found, primary);
  });
}

/** Higher is better; NaN where it was not measured. */
function scoreOf({ metrics }: Evaluation, { name, better }: Task['primary']): number {
  const value = metrics[name] ?? Number.NaN;
  return better === 'higher' ? value : -value;
}

function judge(evaluations: readonly Evaluation[]): Evaluation | undefined {
  return evaluations.find((e) => e.split === 'validation') ?? evaluations.find((e) => e.split === 'test');
}
