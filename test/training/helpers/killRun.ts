/** The runs that are killed, and run unbroken to compare: long enough to be hit in every stage and in the middle of epochs. */
import { mutual } from 'iekd/dist/methods/mutual';
import { supervised } from 'iekd/dist/methods/supervised';
import type { RunSettings } from './runs';
import { tinyMatch } from './tiny';

const training = { epochs: 30, batch: 8, learningRate: { kind: 'cosine', base: 0.05 } } as const;

/** By name, with its steps: 30 epochs of 3 each, and before those of `match` 2 epochs of the teacher's code. */
export const KILL_RUNS: Readonly<Record<string, { readonly settings: RunSettings; readonly steps: number }>> = {
  match: { settings: { training, method: tinyMatch() }, steps: 96 },
  alternate: { settings: { training, method: mutual() }, steps: 90 },
  simultaneous: { settings: { training, method: mutual(supervised(), { updates: 'simultaneous' }) }, steps: 90 },
};
