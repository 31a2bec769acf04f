/** A server with clients for the tests of one file, and what is left of them after it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerOptions } from 'iekd/dist/kernel/server/serverOptions';
import { type StartedWorker, startWorker } from './startWorker';
import { connectionFile, TestClient } from './testClient';

export interface ServedKernel {
  readonly folder: string;
  readonly ports: Awaited<ReturnType<typeof connectionFile>>['ports'];
  readonly started: StartedWorker;
  readonly client: TestClient;
  /** One more client, which hears what is published. */
  connect(): Promise<TestClient>;
  /** Ends all; throws where a message was not as the protocol has it. */
  close(): Promise<void>;
}

export async function serveKernel(
  options: Partial<ServerOptions> = {},
  ended?: () => void,
  given?: string,
): Promise<ServedKernel> {
  const folder = given ?? mkdtempSync(join(tmpdir(), 'iekd-server-'));
  process.env['JUPYTER_DATA_DIR'] = folder; // the worker gets a copy
  const { path, ports } = await connectionFile(folder);
  const started = startWorker(path, options, ended);
  const clients: TestClient[] = [];
  const connect = async (): Promise<TestClient> => {
    const client = new TestClient(ports);
    clients.push(client);
    return client.ready();
  };
  const client = await connect();
  return {
    folder,
    ports,
    started,
    client,
    connect,
    async close() {
      for (const one of clients) one.close();
      await started.close();
      if (!given) rmSync(folder, { recursive: true, force: true });
      const complaint = clients.flatMap(({ complaints }) => complaints)[0];
      if (complaint) throw complaint;
    },
  };
}
