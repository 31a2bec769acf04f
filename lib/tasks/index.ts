/** The table of tasks: adding one is one line here. */
import { pick } from '../util/check';
import { canonicalJson } from '../util/hash';
import { classification } from './classification/classification';
import type { ClassificationOptions } from './classification/classificationOptions';
import { detection } from './detection/detection';
import type { DetectionOptions } from './detection/detectionOptions';
import type { MetricStyle, Task, TaskSpec } from './types';

type TaskFactory = (options: Readonly<Record<string, unknown>>) => Task;

/** How each task is made from its options. */
export const TASKS: Readonly<Record<string, TaskFactory>> = {
  classification: (options) => classification(options as ClassificationOptions),
  detection: (options) => detection(options as DetectionOptions),
};

/** What a run is trained for where it does not say. */
export const DEFAULT_TASK: Task = classification();

/** The task of a description; the default one where there is none. @throws InputError for unknown names and options, listing the known ones */
export function taskNamed(spec: TaskSpec | undefined): Task {
  if (spec === undefined) return DEFAULT_TASK;
  const { name, ...options } = spec;
  return pick('taskNamed', TASKS, name)(options);
}

/** The description of a task as runs and their hashes hold it: no entry for the default one, which older runs do not name. */
export function taskEntry({ name, options }: Task): { readonly task?: TaskSpec } {
  const [own, usual] = [
    { ...options, name },
    { ...DEFAULT_TASK.options, name: DEFAULT_TASK.name },
  ];
  return canonicalJson(own) === canonicalJson(usual) ? {} : { task: { name, ...options } };
}

/** How a metric of any task is shown; one that no task knows by its own name. */
export function metricStyle(name: string): MetricStyle {
  const styles = Object.values(TASKS)
    .map((create) => create({}).metrics)
    .map((own) => (Object.hasOwn(own, name) ? own[name] : undefined));
  return styles.find((style) => style !== undefined) ?? { title: name, quantity: name };
}

/** `85.31 %`, or four digits of what is no fraction. */
export function metricText(name: string, value = Number.NaN): string {
  return metricStyle(name).percent ? `${(100 * value).toFixed(2)} %` : String(Number(value.toPrecision(4)));
}
