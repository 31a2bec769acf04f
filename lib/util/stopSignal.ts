/**
 * Stopping from outside: a flag that training loops read after each step, so that an interrupted run ends with its checkpoint
 * instead of being torn off. Signals are handled between turns of the event loop only, so a loop must also let turns pass.
 */
import { constants } from 'node:os';
import { InputError } from './check';

/** A request to stop, seen by whoever reads it. */
export interface StopSignal {
  readonly stopped: boolean;
  /** Why, as given with the first request; undefined while nothing was requested. */
  readonly reason: string | undefined;
  /** Asks to stop. Only the first reason is kept. */
  request(reason: string): void;
  /** Calls `listener` when a stop is requested, at once where it is already. @returns takes it away again */
  onRequest(listener: () => void): () => void;
  /** Whether anybody has looked at `stopped`, or asked to be called, since the last `reset`: that will end by itself. */
  readonly listened: boolean;
  /** Forgets the request: a notebook's kernel does so before each cell. */
  reset(): void;
}

/** Work that was stopped before there was anything to save. */
export class StoppedError extends InputError {}

/** A fresh signal, for one run. */
export function stopSignal(): StopSignal {
  let reason: string | undefined;
  let listened = false;
  const listeners = new Set<() => void>();
  return {
    get stopped() {
      listened = true;
      return reason !== undefined;
    },
    get reason() {
      return reason;
    },
    request(why) {
      if (reason !== undefined) return;
      reason = why;
      for (const listener of [...listeners]) listener();
    },
    get listened() {
      return listened || listeners.size > 0;
    },
    onRequest(listener) {
      listeners.add(listener);
      if (reason !== undefined) listener();
      return () => {
        listeners.delete(listener);
      };
    },
    reset() {
      reason = undefined;
      listened = false;
    },
  };
}

let shared: StopSignal | undefined;

/** The process's own signal, which Ctrl-C (after `stopOnSignals`) and a notebook's interrupt set. */
export function interruptSignal(): StopSignal {
  shared ??= stopSignal();
  return shared;
}

/** Signals that ask a process to end, and what they say: Ctrl-C, a scheduler or `kill`, a terminal or connection that was closed. */
const REASONS = { SIGINT: 'interrupted', SIGTERM: 'ended by SIGTERM', SIGHUP: 'its terminal was closed (SIGHUP)' } as const;

/** One of the signals that ask a process to end. */
export type EndSignal = keyof typeof REASONS;

/** A signal so soon after another is the same wish: npx passes on what the terminal has sent to all already. */
const SAME_WISH_MS = 500;

/** What signals have asked for. */
export interface SignalWatch {
  /** The first that came. */
  readonly received: EndSignal | undefined;
  /** Takes the handlers away. */
  release(): void;
}

/**
 * From now on a first SIGINT, SIGTERM or SIGHUP sets `interruptSignal`; another one, half a second later or more, ends the process at
 * once, as usual.
 */
export function stopOnSignals(): SignalWatch {
  let received: EndSignal | undefined;
  const release = (): void => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
  const handlers = (Object.keys(REASONS) as EndSignal[]).map((signal) => {
    const handler = (): void => {
      if (received) return;
      received = signal;
      interruptSignal().request(REASONS[signal]);
      // Then the system ends the process by itself, also in the middle of a step, where no handler would run.
      setTimeout(release, SAME_WISH_MS).unref();
    };
    process.on(signal, handler);
    return [signal, handler] as const;
  });
  return {
    get received() {
      return received;
    },
    release,
  };
}

/** The exit code of a process that a signal has stopped in good order: 143 and 129 by convention, and 1 for Ctrl-C. */
export const exitCodeAfter = (signal: EndSignal): number => (signal === 'SIGINT' ? 1 : 128 + constants.signals[signal]);

/** Lets the event loop turn once, so that a signal or timer that is due is handled: to be awaited once a step. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
