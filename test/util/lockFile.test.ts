/** Locks: one holder at a time, whoever comes, goes or dies. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs, { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { withLock } from 'iekd/dist/experiments/store/withLock';
import { lockHolder, tryLock } from 'iekd/dist/util/lockFile.cjs';
import { observer } from 'iekd/dist/util/locks/observer.cjs';
import { takers } from '../fixtures/lockTakers';
import { inFolder, load, ROOT } from '../setup/load';

const root = mkdtempSync(join(tmpdir(), 'iekd-lock-'));
after(() => rmSync(root, { recursive: true }));
const folder = (name: string): string => {
  mkdirSync(join(root, name));
  return join(root, name);
};

/** The number of a process that has ended. */
async function endedPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid ?? assert.fail('no process');
}

const HOUR_MS = 3_600_000;

function write(path: string, content: object | string, ageMs = 0): void {
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  const then = new Date(Date.now() - ageMs);
  utimesSync(path, then, then);
}

describe('a lock', () => {
  test('has one holder, in a folder that it makes; let go, it is there for the next', () => {
    const path = join(folder('one'), 'deep', 'lock');
    assert.equal(lockHolder(path), undefined);
    const first = tryLock(path) ?? assert.fail('not taken');
    const { pid, host, since } = lockHolder(path) ?? assert.fail('nobody');
    assert.deepEqual([pid, host], [process.pid, hostname()]);
    assert.ok(Math.abs(Date.now() - Date.parse(since)) < 60_000, since);
    assert.equal(tryLock(path), undefined, 'this process counts as any other');
    first.release();
    assert.equal(lockHolder(path), undefined);
    const second = tryLock(path) ?? assert.fail('not taken');
    first.release();
    assert.equal(lockHolder(path)?.pid, process.pid, 'the release of a former holder does no harm');
    second.release();
    second.release();
    assert.deepEqual(readdirSync(join(root, 'one', 'deep')), [], 'nothing is left');
  });

  test('taken away by hand, it is the next one’s, and the former holder’s release does no harm', () => {
    const path = join(folder('hand'), 'lock');
    const first = tryLock(path) ?? assert.fail('not taken');
    rmSync(path);
    const second = tryLock(path) ?? assert.fail('not taken');
    first.release();
    assert.ok(existsSync(path));
    second.release();
  });

  const here = { host: hostname(), since: '2026-01-01T00:00:00.000Z', token: 'x' };
  const far = { ...here, pid: 1, host: 'another-machine' };
  const table: readonly (readonly [string, () => Promise<object | string>, number, boolean])[] = [
    ['a process that has ended', async () => ({ ...here, pid: await endedPid() }), 0, false],
    ['a process that runs, however long ago', async () => ({ ...here, pid: process.pid }), HOUR_MS, true],
    ['another machine, whatever the time of its file', async () => far, HOUR_MS, true],
    ['another machine, in the future', async () => far, -HOUR_MS, true],
  ];
  for (const [i, [name, content, ageMs, alive]] of table.entries()) {
    test(`of ${name} is ${alive ? 'respected' : 'broken'}`, async () => {
      const path = join(folder(`holder-${i}`), 'lock');
      write(path, await content(), ageMs);
      assert.equal(lockHolder(path) !== undefined, alive);
      const lock = tryLock(path);
      assert.equal(lock !== undefined, alive === false);
      lock?.release();
    });
  }

  test('of a process whose number was given to another is broken', {
    skip: !existsSync('/proc/self/stat') && 'tells no begin',
  }, () => {
    const path = join(folder('again'), 'lock');
    const lock = tryLock(path) ?? assert.fail('not taken');
    const content = JSON.parse(readFileSync(path, 'utf8')) as { readonly began: string };
    assert.match(content.began, /^\d+$/);
    lock.release();
    write(path, { ...content, began: '1' });
    assert.equal(lockHolder(path), undefined);
    write(path, content);
    assert.equal(lockHolder(path)?.pid, process.pid);
  });

  for (const [name, content, silentMs] of [
    ['another machine that stands still', far, 1000],
    ['nobody: an empty file', '', 60_000],
    ['nobody: no JSON', '{"pid":', 60_000],
    ['nobody: null', 'null', 60_000],
    ['nobody: a process number of text', { ...here, pid: '1' }, 60_000],
    ['nobody: process 0', { ...here, pid: 0 }, 60_000],
  ] as const) {
    test(`of ${name} is broken once it was seen so for long enough, by the clock of who looks`, () => {
      const path = join(mkdtempSync(join(root, 'still-')), 'lock');
      let ms = 0;
      const isHeld = observer({ silentMs, now: () => ms });
      write(path, content, HOUR_MS);
      assert.equal(tryLock(path, { isHeld }), undefined);
      ms += Math.min(silentMs, 2000) - 1;
      assert.equal(tryLock(path, { isHeld }), undefined);
      ms++;
      assert.equal(tryLock(path), undefined, 'who has just begun to look does not take it');
      const lock = tryLock(path, { isHeld }) ?? assert.fail('not taken');
      assert.equal(lockHolder(path)?.pid, process.pid);
      lock.release();
      assert.deepEqual(readdirSync(dirname(path)), []);
    });
  }

  test('counts for as long as it is held, whatever the time of day', async () => {
    const path = join(folder('counts'), 'lock');
    const lock = tryLock(path, { countMs: 5 }) ?? assert.fail('not taken');
    const counter = (): number => fs.statSync(path).mtimeMs;
    for (let i = 0, before = counter(); i < 3; i++) {
      while (counter() === before) await sleep(5);
      assert.ok(counter() >= before + 9_000, 'by more than any file system rounds');
      before = counter();
    }
    lock.release();
  });

  test('on a file system without hard links is as good', (t) => {
    const path = join(folder('links'), 'lock');
    t.mock.method(fs, 'linkSync', () => {
      throw Object.assign(new Error('no'), { code: 'ENOTSUP' });
    });
    const lock = tryLock(path) ?? assert.fail('not taken');
    assert.equal(tryLock(path), undefined);
    assert.ok(lock.isMine());
    lock.release();
    assert.deepEqual(readdirSync(join(root, 'links')), []);
  });

  test('that was taken over is not its former holder’s; what killed processes left beside it goes', async () => {
    const path = join(folder('over'), 'lock');
    write(path, { ...here, pid: await endedPid() });
    write(`${path}.0123456789abcdef`, 'a claim of a chain that is no more');
    write(`${path}.0123456789ab`, 'half a claim', HOUR_MS);
    write(`${path}.ba9876543210`, 'another process writes it now');
    const lock = tryLock(path) ?? assert.fail('not taken');
    const [own = ''] = readdirSync(join(root, 'over')).filter((name) => name !== 'lock' && name !== 'lock.ba9876543210');
    assert.equal(readdirSync(join(root, 'over')).length, 3);
    const { token } = JSON.parse(readFileSync(join(root, 'over', own), 'utf8')) as { readonly token: string };
    assert.ok(lock.isMine());
    write(`${path}.${token}`, { ...here, pid: process.pid, token: 'another' });
    assert.equal(lock.isMine(), false);
    lock.release();
    assert.ok(existsSync(`${path}.${token}`), 'and its release does no harm');
  });
});

test('a lock that was let go and taken by another between two looks is left to that one', async (t) => {
  const path = join(folder('between'), 'lock');
  const other = JSON.stringify({ pid: process.pid, host: hostname(), since: '', token: 'another' });
  write(path, { pid: await endedPid(), host: hostname(), since: '', token: 'dead' });
  const read = fs.readFileSync;
  let looks = 0;
  t.mock.method(fs, 'readFileSync', (...args: Parameters<typeof read>) => {
    const found = read(...args);
    if (args[0] === path && ++looks === 1) write(path, other); // gone, and another’s, after the first look
    return found;
  });
  assert.equal(tryLock(path), undefined);
  assert.equal(looks, 3, 'before, after, and once more at who has it now');
  assert.equal(read(path, 'utf8'), other);
  assert.deepEqual(readdirSync(join(root, 'between')), ['lock'], 'nothing is left');
});

describe('many processes at once', () => {
  test('of each dead holder’s lock exactly one becomes the holder', async () => {
    const place = folder('race');
    const [locks, pid] = [40, await endedPid()];
    for (let i = 0; i < locks; i++) write(join(place, `lock-${i}`), { pid, host: hostname(), since: '', token: 'x' });
    const told = await takers('race', place, 5, locks);
    const got = told.flatMap((line) => line.split(' ').filter(Boolean).map(Number));
    assert.deepEqual(
      got.sort((a, b) => a - b),
      Array.from({ length: locks }, (_, i) => i),
    );
  });

  test('a lock that is taken and let go in turns is never held by two', async () => {
    const told = await takers('turns', folder('turns'), 4, 100);
    assert.deepEqual(told, ['0', '0', '0', '0']);
  });

  test('who waits for it looks and writes as if it were alone', async () => {
    const place = folder('lines');
    const told = await takers('lines', place, 4, 30);
    assert.equal(
      told.reduce((sum, added) => sum + Number(added), 0),
      30,
    );
    const lines = readFileSync(join(place, 'file'), 'utf8').trim().split('\n');
    assert.deepEqual(
      lines,
      Array.from({ length: 30 }, (_, i) => `line ${i}`),
    );
  });
});

describe('withLock', () => {
  test('gives what its function gives, and lets go also after an error', () => {
    const path = join(folder('with'), 'lock');
    assert.equal(
      withLock(path, () => lockHolder(path)?.pid),
      process.pid,
    );
    assert.throws(() => withLock(path, () => assert.fail('no')), /no/);
    assert.equal(lockHolder(path), undefined);
  });

  test('loses patience, and says with whom', () => {
    const path = join(folder('patience'), 'lock');
    const lock = tryLock(path);
    assert.throws(() => withLock(path, () => undefined, 50), {
      name: 'InputError',
      message: `${path}: expected a lock that is free within 0.05 s, received one held by process ${process.pid}; end that process, or wait for it`,
    });
    lock?.release();
  });
});

/** Of the set-up, which waits as long as it takes. */
interface SetupLock {
  oneAtATime<T>(
    folder: string,
    work: () => Promise<T>,
    options?: { onWait?: () => void; pollMs?: number; silentMs?: number },
  ): Promise<T>;
}

const lockOf = (pid: number, host = hostname()): string => JSON.stringify({ host, pid });
/** Above every pid that Linux and macOS give. */
const NOBODY = 2 ** 30;

describe('oneAtATime', () => {
  test('returns what the work returns and releases, also after an error', () =>
    inFolder({}, async (folder) => {
      const { oneAtATime } = await load<SetupLock>('oneSetup');
      assert.equal(await oneAtATime(folder, async () => existsSync(join(folder, 'lock'))), true);
      await assert.rejects(
        oneAtATime(folder, () => Promise.reject(new Error('broken'))),
        { message: 'broken' },
      );
      assert.equal(existsSync(join(folder, 'lock')), false);
    }));

  test('five at once run one after the other', () =>
    inFolder({}, async (folder) => {
      const { oneAtATime } = await load<SetupLock>('oneSetup');
      let inside = 0;
      let waited = 0;
      const work = async (): Promise<number> => {
        inside++;
        await sleep(20);
        return inside--;
      };
      const options = { pollMs: 5, onWait: () => waited++ };
      const seen = await Promise.all(Array.from({ length: 5 }, () => oneAtATime(folder, work, options)));
      assert.deepEqual(seen, [1, 1, 1, 1, 1]);
      assert.equal(waited, 4);
    }));

  const takenOver: readonly (readonly [string, string, number])[] = [
    ['of a process that is gone', lockOf(NOBODY), 0],
    ['of another machine that does not count', lockOf(process.pid, 'elsewhere'), 0],
    ['without a holder: it has its content before its name', '', 0],
  ];
  for (const [name, content, ageS] of takenOver) {
    test(`takes over a lock ${name}`, () =>
      inFolder({ lock: content }, async (folder) => {
        const then = Date.now() / 1000 - ageS;
        utimesSync(join(folder, 'lock'), then, then);
        const { oneAtATime } = await load<SetupLock>('oneSetup');
        assert.equal(await oneAtATime(folder, async () => 'mine', { pollMs: 5, silentMs: 50 }), 'mine');
      }));
  }

  const respected: readonly (readonly [string, string])[] = [
    ['of a running process', lockOf(process.pid)],
    ['of another machine, touched just now', lockOf(NOBODY, 'elsewhere')],
  ];
  for (const [name, content] of respected) {
    test(`waits for a lock ${name}`, () =>
      inFolder({ lock: content }, async (folder) => {
        const { oneAtATime } = await load<SetupLock>('oneSetup');
        let entered = false;
        const done = oneAtATime(folder, async () => (entered = true), { pollMs: 5 });
        await sleep(60);
        assert.equal(entered, false);
        writeFileSync(join(folder, 'lock'), lockOf(NOBODY));
        assert.equal(await done, true);
      }));
  }

  test('a holder that is killed does not block the next', () =>
    inFolder({}, async (folder) => {
      const lockUrl = pathToFileURL(join(ROOT, 'lib', 'setup', 'oneSetup.mjs')).href;
      const code = `import { oneAtATime } from ${JSON.stringify(lockUrl)};
await oneAtATime(${JSON.stringify(folder)}, () => new Promise((r) => { console.log('held'); setTimeout(r, 60_000); }));`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(child.stdout, 'data');
      child.kill('SIGKILL');
      await once(child, 'exit');
      assert.ok(existsSync(join(folder, 'lock')));
      const { oneAtATime } = await load<SetupLock>('oneSetup');
      assert.equal(await oneAtATime(folder, async () => 'next', { pollMs: 5 }), 'next');
    }));
});
