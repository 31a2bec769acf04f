/** What tables and curves show of a run: its task's primary metric on the test part or, where the task says so, what that lacks to 1, the error. */
import { metricStyle, taskNamed } from '../../tasks';
import type { Task } from '../../tasks/types';
import type { Evaluation } from '../../training/evaluation';
import type { RunPlan } from '../runPlan';

type TaskOf = Pick<RunPlan, 'task'>;

/** How the scores of a task's runs are named. */
export interface ScoreStyle {
  /** In files and data frames: `error`, `map`. */
  readonly key: string;
  /** In sentences: `top-1 error`, `mAP`. */
  readonly title: string;
  /** Without the metric that an error is of: `error`, `mAP`. */
  readonly short: string;
  /** `%` where it is in per cent; then differences are percentage points. */
  readonly unit: '' | '%';
  readonly better: Task['primary']['better'];
}

/** The style of a task's scores. */
export function scoreStyle({ task }: TaskOf): ScoreStyle {
  const { name, better, shownAs } = taskNamed(task).primary;
  const { title, percent } = metricStyle(name);
  const unit = percent ? '%' : '';
  return shownAs === 'error'
    ? { key: 'error', title: `${title} error`, short: 'error', unit, better: 'lower' }
    : { key: name, title, short: title, unit, better };
}

/** In per cent where the metric is a fraction; NaN where the test part was not measured. */
export function testScore({ task }: TaskOf, evaluations: readonly Evaluation[] | undefined): number {
  const { name, shownAs } = taskNamed(task).primary;
  const value = evaluations?.find(({ split }) => split === 'test')?.metrics[name] ?? Number.NaN;
  if (shownAs === 'error') return 100 * (1 - value);
  return metricStyle(name).percent ? 100 * value : value;
}

/** `error %`, `mAP %`, `mean distance`: of columns and axes. */
export const scoreColumn = ({ short, unit }: ScoreStyle): string => (unit ? `${short} ${unit}` : short);
