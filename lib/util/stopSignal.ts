/**
 * Stopping from outside: a flag that training loops read after each step, so that an interrupted run ends with its checkpoint
 * instead of being torn off. Signals are handled between turns of the event loop only, so a loop must also let turns pass.
 */

/** A request to stop, seen by whoever reads it. */
export interface StopSignal {
  readonly stopped: boolean;
  /** Why, as given with the first request; undefined while nothing was requested. */
  readonly reason: string | undefined;
  /** Asks to stop. Only the first reason is kept. */
  request(reason: string): void;
  /** Forgets the request: a notebook's kernel does so before each cell. */
  reset(): void;
}

/** A fresh signal, for one run. */
export function stopSignal(): StopSignal {
  let reason: string | undefined;
  return {
    get stopped() {
      return reason !== undefined;
    },
    get reason() {
      return reason;
    },
    request(why) {
      reason ??= why;
    },
    reset() {
      reason = undefined;
    },
  };
}

let shared: StopSignal | undefined;

/** The process's own signal, which Ctrl-C (after `stopOnInterrupt`) and a notebook's interrupt set. */
export function interruptSignal(): StopSignal {
  shared ??= stopSignal();
  return shared;
}

/**
 * From now on the first Ctrl-C (SIGINT) sets `interruptSignal`; a second one ends the process, as usual.
 * @returns takes the handler away again
 */
export function stopOnInterrupt(): () => void {
  const onInterrupt = (): void => interruptSignal().request('interrupted');
  process.once('SIGINT', onInterrupt);
  return () => {
    process.off('SIGINT', onInterrupt);
  };
}

/** Lets the event loop turn once, so that a signal or timer that is due is handled: to be awaited once a step. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
