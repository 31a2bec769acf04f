/** Training from labels alone: the student's baseline, and how teachers are made. */

import { knownKeys } from '../util/check';
import type { Method } from './method';
import { logitMethod } from './parts/logitMethod';
import { taskTerms } from './parts/taskTerms';

/**
 * The task's own loss, for classification the cross-entropy; no teacher, no options: the method `supervised`.
 *   loss = task
 *
 * @example
 * ```ts
 * import { buildNetwork, loadDataset, random, start, supervised, train } from 'iekd';
 * await start();
 * const data = await loadDataset('fashion-mnist', { train: 256, test: 64 });
 * const student = buildNetwork({ name: 'resnet8', input: [32, 32, 1] }, random(1));
 * const run = await train({ student, method: supervised(), data, training: { epochs: 1 } });
 * console.log(run.last?.evaluations);
 * ```
 */
export function supervised(options: Readonly<Record<string, unknown>> = {}): Method {
  knownKeys('supervised', options, []);
  return { ...logitMethod('supervised', 0, {}, (task) => (step) => taskTerms(task, step)), madeOf: { prefix: '' } };
}
