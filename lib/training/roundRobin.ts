/**
 * Runs that share a process, a step each in turn. Who has most steps left goes first, so that runs which end together walk in step:
 * those with one seed then meet the same images one right after the other, and what one has computed of them serves the others.
 */
import { nextTurn } from '../util/stopSignal';

/** A run's place in the order. */
export interface Turn {
  /** Resolves when the run may go on: to be awaited before each step. @param left steps that it still has to do */
  next(left: number): Promise<void>;
  /** Milliseconds of a clock that stands still while the others have their turns. */
  now(): number;
}

/** Of a run by itself: the event loop turns between its steps, so that signals are handled. */
export const BY_ITSELF: Turn = { next: nextTurn, now: () => performance.now() };

/** A place that can be given up. */
export interface PlaceInTurn extends Turn {
  /** Lets the others go on without it: to be called at the end, also after an error. Once is enough, more does no harm. */
  leave(): void;
}

interface Waiting {
  readonly left: number;
  readonly go: () => void;
}

/** Places for `count` runs. A turn is given once every run that has not left is waiting for one: two never work at a time. */
export function turns(count: number): PlaceInTurn[] {
  const present = new Set(Array.from({ length: count }, (_, place) => place));
  const waiting = new Map<number, Waiting>();
  /** Among equals another goes first each time: what serves all is computed by each now and then. */
  const rank = (place: number, left: number): number => (place + left) % count;
  const give = (): void => {
    if (waiting.size === 0 || waiting.size < present.size) return;
    const [next] = [...waiting].sort(([i, a], [j, b]) => b.left - a.left || rank(i, a.left) - rank(j, b.left));
    const [place, { go }] = next as [number, Waiting];
    waiting.delete(place);
    setImmediate(go);
  };
  return [...present].map((place) => {
    let waited = 0;
    return {
      async next(left) {
        const from = performance.now();
        await new Promise<void>((go) => {
          waiting.set(place, { left, go });
          give();
        });
        waited += performance.now() - from;
      },
      now: () => performance.now() - waited,
      leave() {
        present.delete(place);
        waiting.delete(place);
        give();
      },
    };
  });
}
