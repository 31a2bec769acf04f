/** Several processes that want the same locks at the same moments. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Without ts-node, which takes longer to start than a race lasts. */
const HEAD = `
const { existsSync, openSync, closeSync, rmSync } = require('node:fs');
const { tryLock, withLock } = require('iekd/dist/util/lock');
const [folder, count] = process.argv.slice(1);
const at = (name) => folder + '/' + name;
process.stdout.write('ready\\n');
while (!existsSync(at('go')));
`;

const BODIES = {
  /** Tries locks 0 … count − 1, each once, keeps those it gets until all have tried, and tells which. */
  race: `
const got = [];
for (let i = 0; i < count; i++) if (tryLock(at('lock-' + i))) got.push(i);
process.stdout.write(got.join(' ') + '\\n');
process.stdin.resume();
process.stdin.on('end', () => process.exit());`,
  /** Takes and lets go one lock count times, and tells how often it was not alone. */
  turns: `
let [turns, met] = [0, 0];
while (turns < count) {
  const lock = tryLock(at('lock'));
  if (!lock) continue;
  try {
    closeSync(openSync(at('room'), 'wx'));
    rmSync(at('room'));
  } catch {
    met++;
  }
  turns++;
  lock.release();
}
process.stdout.write(met + '\\n');`,
  /** Adds count lines to a file, each under the lock and none that is there, and tells how many. */
  lines: `
const { readFileSync, appendFileSync } = require('node:fs');
let added = 0;
for (let i = 0; i < count; i++) {
  withLock(at('lock'), () => {
    const there = existsSync(at('file')) ? readFileSync(at('file'), 'utf8').split('\\n') : [];
    if (there.includes('line ' + i)) return;
    appendFileSync(at('file'), 'line ' + i + '\\n');
    added++;
  });
}
process.stdout.write(added + '\\n');`,
} as const;

/** What each of `processes` told after all had been let go at once. */
export async function takers(body: keyof typeof BODIES, folder: string, processes: number, count: number): Promise<string[]> {
  const children = Array.from({ length: processes }, () => {
    const child = spawn(process.execPath, ['-e', HEAD + BODIES[body], folder, String(count)], { cwd: __dirname });
    let [out, errors] = ['', ''];
    const lines = (n: number): Promise<void> =>
      new Promise((resolve, reject) => {
        const look = (): void => (out.split('\n').length > n ? resolve() : undefined);
        child.stdout.on('data', look);
        child.on('close', (code) => (code === 0 ? look() : reject(new Error(errors))));
        look();
      });
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    const closed = new Promise((resolve) => child.on('close', resolve));
    return { child, lines, closed, told: () => out.split('\n')[1] ?? '' };
  });
  await Promise.all(children.map(({ lines }) => lines(1)));
  writeFileSync(join(folder, 'go'), '');
  await Promise.all(children.map(({ lines }) => lines(2)));
  for (const { child } of children) child.stdin.end();
  await Promise.all(children.map(({ closed }) => closed));
  return children.map(({ told }) => told());
}
