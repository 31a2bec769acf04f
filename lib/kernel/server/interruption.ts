/**
 * Stopping what main runs, while it runs: the shared flag for the loops of a cell, a message for what awaits, and SIGINT where main
 * lets no message in, which V8 ends (`breakOnSigint`).
 */
import type { MessagePort } from 'node:worker_threads';
import { SHARED, type ToMain } from '../messages';

/** Main takes the message within this time, or sits in a synchronous stretch. */
const SIGNAL_MS = 100;
/** What has not ended so long after the signal will not. */
const STUCK_MS = 3_000;

export interface Interruption {
  /**
   * @param running whether a cell was given to main: a process at rest gets no signal
   * @param stuck called where nothing can end the cell
   */
  interrupt(running: () => boolean, stuck?: () => void): void;
  /** As `interrupt`, for good. The process is killed if it has not ended after `graceMs`. */
  end(running: () => boolean, restart: boolean, graceMs: number): void;
  /** Main has taken the message. */
  acknowledged(): void;
}

/** @param kill sends a signal to this process; SIGINT also to those that it waits for */
export function interruption(
  main: Pick<MessagePort, 'postMessage'>,
  shared: Int32Array,
  kill: (signal: NodeJS.Signals) => void,
): Interruption {
  const post = (message: ToMain): void => main.postMessage(message);
  let timer: NodeJS.Timeout | undefined;

  function interrupt(running: () => boolean, stuck?: () => void): void {
    Atomics.store(shared, SHARED.stop, 1);
    post({ type: 'interrupt' });
    wake(shared);
    Atomics.notify(shared, SHARED.queued); // main may wait for room, too
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (!running()) return;
      kill('SIGINT');
      timer = setTimeout(() => running() && stuck?.(), STUCK_MS);
    }, SIGNAL_MS);
  }
  return {
    interrupt,
    end(running, restart, graceMs) {
      post({ type: 'shutdown', restart });
      interrupt(running);
      setTimeout(() => kill('SIGKILL'), graceMs).unref();
    },
    acknowledged: () => clearTimeout(timer),
  };
}

/** As a terminal does: SIGINT goes to the process and its children, where it leads a group of its own, as under Jupyter. */
export function killOwn(signal: NodeJS.Signals): void {
  try {
    process.kill(signal === 'SIGINT' ? -process.pid : process.pid, signal);
  } catch {
    process.kill(process.pid, signal); // no group of this number, or none at all as on Windows
  }
}

/** Ends main's Atomics.wait on `wake`. */
export function wake(shared: Int32Array): void {
  Atomics.add(shared, SHARED.wake, 1);
  Atomics.notify(shared, SHARED.wake);
}
