/** Training from labels alone: the student's baseline, and how teachers are made. */
import { Variables } from '../engine/variables';
import { knownKeys } from '../util/check';
import { noState } from './parts/state';
import { taskTerm } from './parts/task';
import type { Method } from './types';

/** Cross-entropy only; no teacher, no options. */
export function supervised(options: Readonly<Record<string, unknown>> = {}): Method {
  knownKeys('supervised', options, []);
  const build: Method['build'] = () => ({
    reads: { teacher: [], student: [] },
    fits: [],
    variables: new Variables(),
    ...noState('supervised'),
    terms: (step) => [taskTerm(step)],
    compare: () => [],
    dispose: () => undefined,
  });
  return { name: 'supervised', options: {}, teachers: 0, build };
}
