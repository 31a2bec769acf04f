/** The best epoch of a network, chosen on the validation part where there is one; else on the test part, and labelled so. */
import type { Evaluation } from '../events';

/** An epoch that was best so far. */
export interface BestEpoch {
  /** Epochs done when it was measured. */
  readonly epoch: number;
  /** A best chosen on the test part is optimistic: it is what papers print, and no estimate of new data. */
  readonly selectedOn: Evaluation['split'];
  readonly evaluations: readonly Evaluation[];
}

/** The epoch as the new best when its top-1 is above the old one's; the earliest of equals stays. */
export function newBest(
  best: BestEpoch | undefined,
  { epoch, evaluations }: Pick<BestEpoch, 'epoch' | 'evaluations'>,
): BestEpoch | undefined {
  const judged = judge(evaluations);
  if (!judged || (best && judged.top1 <= (judge(best.evaluations)?.top1 ?? -1))) return undefined;
  return { epoch, selectedOn: judged.split, evaluations };
}

function judge(evaluations: readonly Evaluation[]): Evaluation | undefined {
  return evaluations.find((e) => e.split === 'validation') ?? evaluations.find((e) => e.split === 'test');
}
