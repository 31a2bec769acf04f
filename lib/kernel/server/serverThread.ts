/** The server as main sees it: a thread that is started, and closed before the process ends. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { SHARED } from '../messages';
import type { ServerOptions } from './serverOptions';

export interface ServerThread {
  /** Its `error` event says why it could not start, or that it has a bug: the kernel cannot go on. */
  readonly worker: Worker;
  /** Has the sockets closed, and waits for it; once is enough. Also done when the process ends by `process.exit`. */
  close(): void;
}

/** So long the end of the process waits for a server that does not answer. */
const CLOSE_MS = 1000;

export function startServerThread(options: ServerOptions): ServerThread {
  const { main, language, input, shared } = options;
  const worker = new Worker(join(__dirname, 'serverWorker.js'), { workerData: options, transferList: [main, language, input] });
  let ended = false;

  function close(): void {
    if (ended) return;
    ended = true;
    process.off('exit', close);
    worker.postMessage('close');
    Atomics.wait(shared, SHARED.closed, 0, CLOSE_MS);
  }
  process.once('exit', close);
  worker.once('exit', () => {
    ended = true;
    process.off('exit', close);
  });
  return { worker, close };
}
