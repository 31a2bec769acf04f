/** A run that waits where whoever watches it wants to look, and whose clock stands still meanwhile. */
import type { StopSignal } from '../../util/stopSignal';
import type { RunControls } from '../events';
import type { RunSlot } from '../roundRobin';

/** What the run is given in the place of its slot, and what its listeners are. */
export interface PausableSlot extends RunSlot {
  /** Looked at after `next`: whether `goesOn` is to be awaited. A run that nobody pauses awaits nothing more than without it. */
  readonly waits: boolean;
  /** Resolves when the pause has ended, or a stop was requested. */
  goesOn(): Promise<void>;
  readonly controls: RunControls;
  /** Called when the run is over. */
  end(): void;
}

/** So that a process with nothing else to do does not end during a pause. */
const ALIVE_MS = 60_000;

/** @param stop ends a pause as well: the run then stops as it would without one */
export function pausableSlot(slot: RunSlot, stop: StopSignal): PausableSlot {
  let paused = false;
  let over = false;
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  let waited = 0;
  let wake = (): void => undefined;
  const waiting = async (): Promise<void> => {
    const from = slot.now();
    const alive = setInterval(() => undefined, ALIVE_MS);
    let off = (): void => undefined;
    await new Promise<void>((resolve) => {
      wake = resolve;
      off = stop.onRequest(resolve);
    });
    off();
    clearInterval(alive);
    waited += slot.now() - from;
  };
  return {
    next: (left) => slot.next(left),
    get waits() {
      return paused && !stop.stopped;
    },
    async goesOn() {
      while (paused && !stop.stopped) await waiting();
    },
    now: () => slot.now() - waited,
    controls: {
      get paused() {
        return paused;
      },
      pause() {
        paused = !over;
      },
      goOn() {
        paused = false;
        wake();
      },
      stop(reason) {
        if (!over) stop.request(reason);
      },
      ended,
    },
    end() {
      over = true;
      end();
    },
  };
}
