/** Starts the real server thread between a made-up main and a made-up language, in this process. */
import { MessageChannel, type Worker } from 'node:worker_threads';
import { SHARED } from 'iekd/dist/kernel/messages';
import type { ServerOptions } from 'iekd/dist/kernel/server/serverOptions';
import { startServerThread } from 'iekd/dist/kernel/server/serverThread';
import { type FakeMain, fakeLanguage, fakeMain } from './fakeThreads';

export interface StartedWorker {
  readonly worker: Worker;
  readonly main: FakeMain;
  readonly shared: Int32Array;
  close(): Promise<void>;
}

export function startWorker(
  connectionFile: string,
  options: Partial<ServerOptions> = {},
  ended: () => void = () => undefined,
): StartedWorker {
  const [main, language, input] = [new MessageChannel(), new MessageChannel(), new MessageChannel()];
  const shared = new Int32Array(new SharedArrayBuffer(4 * SHARED.size));
  fakeLanguage(language.port2);
  const fake = fakeMain({ server: main.port2, input: input.port2, shared }, ended);
  const ports = { main: main.port1, language: language.port1, input: input.port1 };
  const workerData: ServerOptions = { connectionFile, shared, ...ports, ...options };
  const { worker, close } = startServerThread(workerData);
  return {
    worker,
    main: fake,
    shared,
    async close() {
      close();
      await worker.terminate();
      for (const { port2 } of [main, language, input]) port2.close();
    },
  };
}
