/** Whether a run can end early as it is asked to: what decides that must not be the test part, which says how good the result is. */
import type { Dataset } from '../../data/types';
import type { Task } from '../../tasks/types';
import { refuse, refusePhrase } from '../../util/check';
import type { PlannedStage } from '../planStages';

/** @throws InputError where there is no validation part, and for a metric that is not compared */
export function checkStopping(stages: readonly Pick<PlannedStage, 'training'>[], data: Dataset, task: Task): void {
  const where = 'train: training.stopEarly';
  for (const { training } of stages) {
    const { stopEarly } = training;
    if (!stopEarly) continue;
    const { metric = task.primary.name } = stopEarly;
    if (![task.primary.name, 'loss'].includes(metric)) throw refuse(`${where}: metric`, `${task.primary.name} or loss`, metric);
    if (data.validation.count > 0) continue;
    const hint =
      'keep some of the training images for it (validation: 5000, --validation 5000): the test part must not decide when training ends';
    throw refusePhrase(where, `a validation part of ${data.name}`, 'none', hint);
  }
}
