/**
 * Interrupts of the running cell. The server sets `SHARED.stop` and posts a message; SIGINT comes besides where main does not take that.
 * All of them are one wish. The first asks everything to stop: the loops of the cell by the flag, training by `interruptSignal`, which
 * may finish its step and write its checkpoint. The cell is left when it does not end by itself, or is interrupted once more.
 */
import { interruptSignal } from '../../util/stopSignal';
import { SHARED } from '../messages';
import type { Publisher } from './publisher';
import type { RunningCell } from './runningCell';
import { interruption } from './stoppedError';

/** An interrupted cell may finish its training step and write the checkpoint. */
const INTERRUPT_GRACE_MS = 20_000;
/** So long a loop of the cell goes on where somebody listens to `interruptSignal`. */
const LISTENER_MS = 1_000;
/** A signal so soon after an interrupt is the same wish. */
const SAME_WISH_MS = 500;

const STOPPING = 'Interrupted: stopping after the current step; interrupt again to leave at once.\n';

export interface Interrupts {
  /** Before each cell. */
  begin(): void;
  /** After it, unless it was left: then it may still come to an end by the flag, which the server clears before the next cell. */
  end(): void;
  /** The cell has ended as it was asked to; the message may come later. */
  obeyed(): void;
  /** The message of the server. */
  asked(running: RunningCell | undefined): void;
  /** SIGINT. */
  signalled(running: RunningCell | undefined): void;
  /**
   * A loop of a cell has seen the flag. Ends it, unless somebody listens: a training step written in the cell is not torn off at once.
   * @throws an interruption
   */
  seen(running: RunningCell | undefined): void;
  /** Asks the cell to stop for another reason. */
  stop(reason: string): void;
}

export function interrupts(shared: Int32Array, publisher: Publisher): Interrupts {
  let lastWish = Number.NEGATIVE_INFINITY;
  let foreseen = false;
  const setFlag = (value: 0 | 1): void => void Atomics.store(shared, SHARED.stop, value);

  function stop(reason: string): void {
    setFlag(1);
    interruptSignal().request(reason);
  }
  function interrupt(running: RunningCell | undefined): void {
    lastWish = performance.now();
    setFlag(0);
    if (!running) return; // it was meant for a cell that has just ended
    if (!running.interrupted) publisher.stream('stderr', STOPPING, running.context.request);
    stop('interrupted');
    running.leaveAfter(running.interrupted ? 0 : INTERRUPT_GRACE_MS);
    running.interrupted = true;
  }
  return {
    begin() {
      interruptSignal().reset();
      foreseen = false;
    },
    end: () => setFlag(0),
    obeyed() {
      lastWish = performance.now();
      foreseen = true;
    },
    asked(running) {
      if (!foreseen || !running) interrupt(running);
      foreseen = false;
    },
    signalled(running) {
      if (performance.now() - lastWish > SAME_WISH_MS) interrupt(running);
    },
    seen(running) {
      if (running && !running.failure && !running.interrupted) {
        interrupt(running);
        foreseen = true;
      }
      const patience = interruptSignal().listened && !running?.failure ? LISTENER_MS : 0;
      if (performance.now() - lastWish >= patience) throw interruption();
    },
    stop,
  };
}
