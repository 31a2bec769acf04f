/** The server thread of a kernel. Started with `ServerOptions` as its `workerData`; an error at start is the worker's `error` event. */
import { parentPort, workerData } from 'node:worker_threads';
import { SHARED } from '../messages';
import { startServer } from './server';
import type { DebuggerFactory, ServerOptions } from './serverOptions';

// ZeroMQ's binding warns whenever an option of a bound socket changes; iopub's `noDrop` does, and takes effect at once.
process.removeAllListeners('warning');

/** Loaded when it is first asked for: a kernel starts without it. */
const debuggerFactory: DebuggerFactory = async (parts) => {
  const { mainThreadDebugger } = await import('../debugger/mainThreadDebugger.js');
  return mainThreadDebugger(parts);
};

/**
 * ZeroMQ's binding aborts the process when a thread ends with a socket open, and when one that is being ended calls it: whoever ends this
 * thread has the sockets closed first, and waits until nothing of it asks them anything.
 */
async function serve(options: ServerOptions): Promise<void> {
  const server = await startServer(options, debuggerFactory);
  const closed = (): void => {
    Atomics.store(options.shared, SHARED.closed, 1);
    Atomics.notify(options.shared, SHARED.closed);
  };
  parentPort?.once('message', () => {
    server.close();
    // Loops over the sockets end in microtasks of this turn; behind them nothing more runs, timers included.
    setImmediate(() => {
      process.once('exit', closed);
      process.exit();
    });
  });
  process.once('uncaughtException', (error) => {
    server.close();
    closed();
    throw error;
  });
}

void serve(workerData as ServerOptions);
