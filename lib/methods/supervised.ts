/** Training from labels alone: the student's baseline, and how teachers are made. */

import { taskTerm } from '../tasks/classification/task';
import { knownKeys } from '../util/check';
import type { Method } from './method';
import { logitMethod } from './parts/logits';

/** Cross-entropy only; no teacher, no options. */
export function supervised(options: Readonly<Record<string, unknown>> = {}): Method {
  knownKeys('supervised', options, []);
  return { ...logitMethod('supervised', 0, {}, (step) => [taskTerm(step)]), madeOf: { prefix: '' } };
}
