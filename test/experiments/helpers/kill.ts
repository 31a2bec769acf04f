/** Kills runs of real networks. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** Lets a process go on with the run in a folder, and kills it after a step of so many. @returns the last step that it told */
export function killAt(folder: string, step: number, steps: number): Promise<number> {
  const child = spawn(process.execPath, ['-r', 'ts-node/register/transpile-only', join(__dirname, 'killed.ts'), folder]);
  let [last, errors] = [0, ''];
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  child.stdout.on('data', (chunk) => {
    for (const match of String(chunk).matchAll(/step (\d+)\n/g)) last = Number(match[1]);
    if (last >= step) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.on('close', (_code, signal) =>
      signal === 'SIGKILL' && last < steps ? resolve(last) : reject(new Error(`${last} ${errors}`)),
    );
  });
}
