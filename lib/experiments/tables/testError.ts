/** What tables and curves call error: how far a run's primary metric on the test part is from the best there is. */
import { metricStyle, taskNamed } from '../../tasks';
import type { Evaluation } from '../../training/evaluation';
import type { RunPlan } from '../runPlan';

type TaskOf = Pick<RunPlan, 'task'>;

/**
 * Per cent, 100 · (1 − metric), of a fraction that should be high, as accuracy is; a metric that should be low is its own error.
 * NaN where the test part was not measured.
 */
export function testError({ task }: TaskOf, evaluations: readonly Evaluation[] | undefined): number {
  const { name, better } = taskNamed(task).primary;
  const value = evaluations?.find(({ split }) => split === 'test')?.metrics[name] ?? Number.NaN;
  return better === 'lower' ? value : 100 * (1 - value);
}

/** `top-1`: what the error is of. */
export const errorTitle = ({ task }: TaskOf): string => metricStyle(taskNamed(task).primary.name).title;
