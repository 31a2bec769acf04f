/** Starts a kernel for what a server in the tests' own process cannot show: a main that waits, descriptors, the end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { TYPESCRIPT } from '../../fixtures/typescript';
import { connectionFile, TestClient } from './testClient';

export interface KernelProcess {
  readonly child: ChildProcess;
  readonly client: TestClient;
  readonly path: string;
  /** What it wrote to its true stderr so far. */
  stderr(): string;
  close(): Promise<void>;
}

/** The real server between a made-up main and a made-up language. */
export const PROGRAM = [...TYPESCRIPT, join(__dirname, 'fakeKernel.ts')];

/** As Jupyter starts it. */
export const KERNEL = [resolve(__dirname, '../../../lib/kernel/jupyter/kernels/tslab/launch.cjs')];

/** @param program arguments of Node, before the connection file */
export async function startKernelProcess(program: readonly string[] = PROGRAM): Promise<KernelProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'iekd-server-'));
  const { path, ports } = await connectionFile(folder);
  const stdio: ['ignore', 'ignore', 'pipe'] = ['ignore', 'ignore', 'pipe'];
  const child = spawn(process.execPath, [...program, path], {
    stdio,
    env: { ...process.env, JUPYTER_DATA_DIR: folder },
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const client = await new TestClient(ports).ready();
  return {
    child,
    client,
    path,
    stderr: () => stderr,
    async close() {
      client.close();
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      rmSync(folder, { recursive: true, force: true });
      if (client.complaints.length > 0) throw client.complaints[0];
    },
  };
}
