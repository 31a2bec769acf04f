/** Several processes of one machine that fill one store. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { StopSignal } from '../../util/stopSignal';

/** How processes are told of, and ended. */
export interface LocalOptions {
  /** Each line of what they tell, with the number of the process. */
  readonly onLine: (line: string) => void;
  /** Passed on as SIGTERM: each saves after its step. */
  readonly stop: StopSignal;
}

/**
 * Runs a program so many times at once, each with what is left of the processor's cores.
 * @param words of the program, as `process.execPath` takes them
 * @returns the exit codes; 143 of one that a signal has ended
 */
export async function localProcesses(count: number, words: readonly string[], { onLine, stop }: LocalOptions): Promise<number[]> {
  const children = Array.from({ length: count }, (_, i) => {
    const child = spawn(process.execPath, [...words], { stdio: ['ignore', 'ignore', 'pipe'] });
    createInterface({ input: child.stderr }).on('line', (line) => line && onLine(`${i + 1}: ${line}`));
    return child;
  });
  const release = stop.onRequest(() => {
    for (const child of children) child.kill('SIGTERM');
  });
  try {
    return await Promise.all(children.map(ended));
  } finally {
    release();
  }
}

const ended = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 143));
  });
