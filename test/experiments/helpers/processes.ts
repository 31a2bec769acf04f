/** Starts processes that fill a store, and ends them. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface Filling {
  readonly pid: number | undefined;
  /** The lines that it printed, once it has ended by itself, or was killed. */
  readonly ended: Promise<readonly string[]>;
  /** Resolves when it has printed a line that matches. */
  said(pattern: RegExp): Promise<void>;
  kill(): void;
}

/** Fills the store in a folder with the plans in its plans.json. */
export function filling(folder: string): Filling {
  const child = spawn(process.execPath, ['-r', 'ts-node/register/transpile-only', join(__dirname, 'reproducing.ts'), folder]);
  let [out, errors, killed] = ['', '', false];
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  const lines = (): string[] => out.split('\n').slice(0, -1);
  const ended = new Promise<readonly string[]>((resolve, reject) => {
    child.on('close', (code) => (code === 0 || killed ? resolve(lines()) : reject(new Error(errors))));
  });
  return {
    pid: child.pid,
    ended,
    said: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => (lines().some((line) => pattern.test(line)) ? resolve() : undefined);
        child.stdout.on('data', look);
        child.on('close', () => reject(new Error(`it ended without ${pattern}: ${out}${errors}`)));
        look();
      }),
    kill() {
      killed = true;
      child.kill('SIGKILL');
    },
  };
}
