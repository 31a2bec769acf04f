/** Training from labels alone: the student's baseline, and how teachers are made. */

import { knownKeys } from '../util/check';
import type { Method } from './method';
import { logitMethod } from './parts/logits';
import { taskTerms } from './parts/task';

/** The task's own loss, for classification the cross-entropy; no teacher, no options. */
export function supervised(options: Readonly<Record<string, unknown>> = {}): Method {
  knownKeys('supervised', options, []);
  return { ...logitMethod('supervised', 0, {}, (task) => (step) => taskTerms(task, step)), madeOf: { prefix: '' } };
}
