/** One set-up at a time: waiting, release, and locks of killed processes. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { inFolder, load, ROOT } from './load';

interface LockModule {
  withLock<T>(folder: string, work: () => Promise<T>, options?: { onWait?: () => void; pollMs?: number }): Promise<T>;
}

const lockOf = (pid: number, host = hostname()): string => JSON.stringify({ host, pid });
/** Above every pid that Linux and macOS give. */
const NOBODY = 2 ** 30;

describe('withLock', () => {
  test('returns what the work returns and releases, also after an error', () =>
    inFolder({}, async (folder) => {
      const { withLock } = await load<LockModule>('lock');
      assert.equal(await withLock(folder, async () => existsSync(join(folder, 'lock'))), true);
      await assert.rejects(
        withLock(folder, () => Promise.reject(new Error('broken'))),
        { message: 'broken' },
      );
      assert.equal(existsSync(join(folder, 'lock')), false);
    }));

  test('five at once run one after the other', () =>
    inFolder({}, async (folder) => {
      const { withLock } = await load<LockModule>('lock');
      let inside = 0;
      let waited = 0;
      const work = async (): Promise<number> => {
        inside++;
        await sleep(20);
        return inside--;
      };
      const options = { pollMs: 5, onWait: () => waited++ };
      const seen = await Promise.all(Array.from({ length: 5 }, () => withLock(folder, work, options)));
      assert.deepEqual(seen, [1, 1, 1, 1, 1]);
      assert.equal(waited, 4);
    }));

  const takenOver: readonly (readonly [string, string, number])[] = [
    ['of a process that is gone', lockOf(NOBODY), 0],
    ['of another machine, untouched for two minutes', lockOf(process.pid, 'elsewhere'), 120],
    ['half written, two minutes ago', '', 120],
  ];
  for (const [name, content, ageS] of takenOver) {
    test(`takes over a lock ${name}`, () =>
      inFolder({ lock: content }, async (folder) => {
        const then = Date.now() / 1000 - ageS;
        utimesSync(join(folder, 'lock'), then, then);
        const { withLock } = await load<LockModule>('lock');
        assert.equal(await withLock(folder, async () => 'mine', { pollMs: 5 }), 'mine');
      }));
  }

  const respected: readonly (readonly [string, string])[] = [
    ['of a running process', lockOf(process.pid)],
    ['of another machine, touched just now', lockOf(NOBODY, 'elsewhere')],
    ['being written', ''],
  ];
  for (const [name, content] of respected) {
    test(`waits for a lock ${name}`, () =>
      inFolder({ lock: content }, async (folder) => {
        const { withLock } = await load<LockModule>('lock');
        let entered = false;
        const done = withLock(folder, async () => (entered = true), { pollMs: 5 });
        await sleep(60);
        assert.equal(entered, false);
        writeFileSync(join(folder, 'lock'), lockOf(NOBODY));
        assert.equal(await done, true);
      }));
  }

  test('a holder that is killed does not block the next', () =>
    inFolder({}, async (folder) => {
      const lockUrl = pathToFileURL(join(ROOT, 'lib', 'setup', 'lock.mjs')).href;
      const code = `import { withLock } from ${JSON.stringify(lockUrl)};
await withLock(${JSON.stringify(folder)}, () => new Promise((r) => { console.log('held'); setTimeout(r, 60_000); }));`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(child.stdout, 'data');
      child.kill('SIGKILL');
      await once(child, 'exit');
      assert.ok(existsSync(join(folder, 'lock')));
      const { withLock } = await load<LockModule>('lock');
      assert.equal(await withLock(folder, async () => 'next', { pollMs: 5 }), 'next');
    }));
});
