/** Commands that a signal stops in good order, and output that may go away while they work. */
import type { EndSignal, StopSignal } from '../../util/stopSignal';
import { writeNote } from './output';

/** What came of work that a signal may have stopped. */
export interface Stoppable<T> {
  /** Undefined where it was stopped before there was anything. */
  readonly value: T | undefined;
  /** What asked it to stop. */
  readonly signal: EndSignal | undefined;
}

/**
 * Runs work that a first SIGINT, SIGTERM or SIGHUP asks to stop, and that then ends by itself with what it has saved; another one ends
 * the process at once.
 */
export async function stoppable<T>(work: (stop: StopSignal) => Promise<T>): Promise<Stoppable<T>> {
  const { interruptSignal, StoppedError, stopOnSignals } = await import('../../util/stopSignal.js');
  const watch = stopOnSignals();
  try {
    return { value: await work(interruptSignal()), signal: watch.received };
  } catch (error) {
    if (!(error instanceof StoppedError && watch.received)) throw error;
    writeNote(`iekd: ${error.message}`);
    return { value: undefined, signal: watch.received };
  } finally {
    watch.release();
  }
}

/** What comes before the work: where a signal came meanwhile, the work is not begun. @throws StoppedError with the next step */
export async function beforeWork<T>(what: string, stop: StopSignal, prepare: () => Promise<T>): Promise<T> {
  const { nextTurn, StoppedError } = await import('../../util/stopSignal.js');
  const prepared = await prepare();
  await nextTurn(); // a signal that came in a long stretch is handled now
  if (!stop.stopped) return prepared;
  const hint = 'nothing was done yet: the same command begins again';
  throw new StoppedError(`${what}: expected time to begin, received a request to stop (${stop.reason}); ${hint}`);
}

/** As `stoppable`, of work that saves nothing and would go on for long: the process ends as soon as its event loop turns. */
export async function endable<T>(what: string, work: () => Promise<T>): Promise<T> {
  const { exitCodeAfter, interruptSignal, stopOnSignals } = await import('../../util/stopSignal.js');
  const watch = stopOnSignals();
  const release = interruptSignal().onRequest(() => {
    writeNote(`iekd: ${what}: stopped before its end (${interruptSignal().reason}); nothing was kept`);
    // After all others that were told: they end what they have started.
    setImmediate(() => process.exit(watch.received ? exitCodeAfter(watch.received) : 1));
  });
  try {
    return await work();
  } finally {
    release();
    watch.release();
  }
}

/** Sets the exit code of a command that did not come to its end: 143 after SIGTERM, 129 after SIGHUP, else 1. */
export async function failAfter(signal: EndSignal | undefined): Promise<void> {
  const { exitCodeAfter } = await import('../../util/stopSignal.js');
  process.exitCode = signal ? exitCodeAfter(signal) : 1;
}

/**
 * From now on an output that cannot be written (a terminal that was closed, a pager that was left, a full disk) does not end the
 * process: a run goes on to its checkpoint. Where a result could not be written, the exit code says so.
 */
export function surviveLostOutput(): void {
  let terminalGone = false;
  const lost = ({ code }: NodeJS.ErrnoException): void => {
    terminalGone ||= code === 'EIO';
  };
  process.stderr.on('error', lost);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    lost(error);
    if (error.code === 'EPIPE') return;
    process.exitCode ||= 1;
    if (!terminalGone) process.stderr.write(`iekd: what was to be shown could not be written (${error.message})\n`);
  });
  process.on('exit', (code) => {
    if (terminalGone) endBySignal(code === 143 ? 'SIGTERM' : 'SIGHUP');
  });
}

/** Node gives a terminal back the mode that it had, and aborts (SIGABRT) where that terminal is gone. */
function endBySignal(signal: EndSignal): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}
