/**
 * Runs that share a process, a step each in turn. Who has most steps left goes first, so that runs which end together do the same
 * steps: those with one seed then meet the same images one right after the other, and what one has computed of them serves the others.
 */
import { nextTurn } from '../util/stopSignal';

/** A run's place among those that share its process. */
export interface RunSlot {
  /** Resolves when the run may go on: to be awaited before each step. @param left steps that it still has to do */
  next(left: number): Promise<void>;
  /** Milliseconds of a clock that stands still while the others do their steps. */
  now(): number;
}

/** Of a run by itself: the event loop turns between its steps, so that signals are handled. */
export const OWN_SLOT: RunSlot = { next: nextTurn, now: () => performance.now() };

/** A slot that can be given up. */
export interface RoundRobinSlot extends RunSlot {
  /** Lets the others go on without it: to be called at the end, also after an error. Once is enough, more does no harm. */
  leave(): void;
}

interface Waiting {
  readonly left: number;
  readonly go: () => void;
}

/** Slots for `count` runs. A run may go on once every run that has not left is waiting: two never work at a time. */
export function roundRobin(count: number): RoundRobinSlot[] {
  const present = new Set(Array.from({ length: count }, (_, slot) => slot));
  const waiting = new Map<number, Waiting>();
  /** Among equals another goes first each time: what serves all is computed by each now and then. */
  const rank = (slot: number, left: number): number => (slot + left) % count;
  const give = (): void => {
    if (waiting.size === 0 || waiting.size < present.size) return;
    const [next] = [...waiting].sort(([i, a], [j, b]) => b.left - a.left || rank(i, a.left) - rank(j, b.left));
    const [slot, { go }] = next as [number, Waiting];
    waiting.delete(slot);
    setImmediate(go);
  };
  return [...present].map((slot) => {
    let waited = 0;
    return {
      async next(left) {
        const from = performance.now();
        await new Promise<void>((go) => {
          waiting.set(slot, { left, go });
          give();
        });
        waited += performance.now() - from;
      },
      now: () => performance.now() - waited,
      leave() {
        present.delete(slot);
        waiting.delete(slot);
        give();
      },
    };
  });
}
