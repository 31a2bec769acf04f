/**
 * How a kernel ends. Told to end (SIGTERM, SIGHUP, a shutdown request), it interrupts its cell and waits for it: training then writes its
 * checkpoint. Before the process exits, whatever the reason, the server has what was written.
 */
import { constants } from 'node:os';
import type { Cells } from './startCells';

/** So long a cell may take to end when the kernel is told to: Jupyter kills it after five seconds. */
const END_MS = 4_500;
/** The server takes outputs within so long. */
const DRAIN_MS = 2_000;
/** And replies to the cell that ended the process. */
const SENDING_MS = 100;

export interface Ending {
  /** Ends the kernel after its cell. @param code exit code of the process */
  end(code: number): Promise<void>;
}

/** From now on signals and errors that nobody caught are handled. */
export function handleEnding({ session, publisher }: Cells): Ending {
  let asked = false;
  async function end(code: number): Promise<void> {
    asked = true;
    await session.end(END_MS).finally(() => process.exit(code));
  }
  process.on('uncaughtException', session.uncaught);
  process.on('unhandledRejection', session.uncaught);
  process.on('SIGINT', session.signalled);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void end(128 + constants.signals[signal]));
  }
  // Before the server is closed. It runs on while this thread waits here.
  process.prependListener('exit', (code) => {
    const evalue = `the cell ended the kernel by process.exit(${code})`;
    const told = !asked && session.abandon({ ename: 'Exit', evalue, traceback: [`Exit: ${evalue}`] });
    publisher.drain(DRAIN_MS);
    if (told) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SENDING_MS);
  });
  return { end };
}
