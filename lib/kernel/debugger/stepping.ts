/** Steps by lines of TypeScript: V8's go by statements, and are repeated until one has left its line or its function. */

import type { PausedFrame } from './callStack';

export type Step = 'stepOver' | 'stepInto' | 'stepOut';

/** A step on its way. */
export interface Stepping {
  readonly command: Step;
  readonly top: PausedFrame | undefined;
  readonly depth: number;
  repeats: number;
}

/** How often a step is repeated: a loop in one line would go on for long. */
const MOST_REPEATS = 100;

/** @param depth frames of the stop, those that are not shown too */
export const stepFrom = (command: Step, top: PausedFrame | undefined, depth: number): Stepping => ({
  command,
  top,
  depth,
  repeats: 0,
});

/** How a step goes on; undefined where it has arrived. */
export function stepOn(stepping: Stepping, top: PausedFrame | undefined, depth: number): Step | undefined {
  // Who has left a function ends its line in the caller.
  return isWithin(stepping, top, depth) ? againOf(stepping.command) : undefined;
}

const againOf = (step: Step): Step => (step === 'stepOut' ? 'stepOver' : step);

function isWithin(stepping: Stepping, top: PausedFrame | undefined, depth: number): boolean {
  if (++stepping.repeats > MOST_REPEATS) return false;
  const { at } = top ?? {};
  if (at === undefined) return true;
  const from = stepping.top?.at;
  return stepping.command !== 'stepOut' && depth === stepping.depth && from?.line === at.line && from.source === at.source;
}

/** Back to the cell that called the kernel; or on, where none did: the cell that was stepped through has ended. */
export const leave = (frames: readonly PausedFrame[]): 'resume' | 'stepOut' =>
  frames.some(({ script }) => script.cell !== undefined) ? 'stepOut' : 'resume';
