/** The owner of a run's folder: one process at a time trains in it, a dead one is taken over, and who lost it writes nothing more. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs, { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import type { TrainingEvent } from 'iekd/dist/training/events';
import { readMetrics } from 'iekd/dist/training/metricsFile';
import { ownRun, refuseOwned } from 'iekd/dist/training/runOwner';
import { claimsIn } from 'iekd/dist/util/claims';
import { stopSignal } from 'iekd/dist/util/stopSignal';
import { TINY_STEPS, tinyRun } from '../fixtures/trainingRuns';

const root = mkdtempSync(join(tmpdir(), 'iekd-owner-'));
before(() => tf.setBackend('cpu'));
after(() => rmSync(root, { recursive: true }));

const at = (name: string, file = ''): string => join(root, name, file);
const SINCE = '2026-01-01T00:00:00.000Z';
const quiet = { listeners: [], stop: stopSignal() };

/** A folder whose owner is as its file says. */
function held(name: string, content: object): string {
  mkdirSync(at(name));
  writeFileSync(at(name, '.owner'), JSON.stringify({ host: hostname(), since: SINCE, token: 'x', ...content }));
  return at(name);
}

const refusal = (folder: string, who: string): { name: string; message: string } => ({
  name: 'InputError',
  message: `${folder}: expected a run that no process is training, received one held by ${who} since ${SINCE}; wait for it or stop it`,
});

describe('a folder of a run', () => {
  test('in which a process trains refuses a second one, in this process too, and goes to the next afterwards', async () => {
    const folder = at('one');
    let refused: Promise<unknown> | undefined;
    const second = (): Promise<unknown> => tinyRun(folder, { resume: true });
    const { complete } = await tinyRun(folder, {
      listeners: [
        (event) => {
          if (event.kind === 'step' && event.step === 2) refused = assert.rejects(second(), /no process is training/);
        },
      ],
    });
    await refused;
    assert.ok(complete && refused !== undefined);
    assert.ok((await tinyRun(folder, { resume: true })).complete);
    assert.deepEqual(readdirSync(folder).sort(), ['checkpoint.safetensors', 'metrics.jsonl'], 'no owner is left');
  });

  test('is refused with who holds it and since when', async () => {
    const folder = held('living', { pid: process.pid });
    const expected = refusal(folder, `process ${process.pid} on ${hostname()}`);
    await assert.rejects(tinyRun(folder), expected);
    await assert.rejects(ownRun(folder, quiet), expected);
    assert.throws(() => refuseOwned(folder), expected);
  });

  test('whose owner is dead is taken over', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    const folder = held('dead', { pid });
    refuseOwned(folder);
    assert.ok((await tinyRun(folder)).complete);
  });

  test('that could not be made, or not written to, is named', async () => {
    writeFileSync(at('file'), '');
    await assert.rejects(tinyRun(at('file', 'run')), {
      name: 'InputError',
      message: `${at('file', 'run')}: expected a folder that can be written to, received a path through a file (ENOTDIR); a part of the path is a file, not a folder: choose another path`,
    });
  });

  test('goes again where it was made for a run that was refused', async () => {
    await assert.rejects(tinyRun(at('refused'), { stages: { none: {} } }), /knownKeys|expected options among/);
    assert.equal(fs.existsSync(at('refused')), false);
  });
});

describe('an owner in another machine', () => {
  const FAR = { pid: 1, host: 'another-machine' };
  const beat = (folder: string, n: number): void => utimesSync(join(folder, '.owner'), n, n);

  test('is watched, and respected once it counts', async () => {
    const folder = held('counts', FAR);
    beat(folder, 1);
    const events: TrainingEvent[] = [];
    const owning = ownRun(folder, { ...quiet, pollMs: 1, listeners: [(event) => events.push(event)] });
    setTimeout(() => beat(folder, 2), 20);
    await assert.rejects(owning, refusal(folder, 'process 1 on another-machine'));
    assert.deepEqual(events, [{ kind: 'waiting', folder, holder: { ...FAR, since: SINCE } }]);
    refuseOwned(folder); // that cannot be seen at once
  });

  test('is taken for gone once it has stood still for long enough', async () => {
    const folder = held('still', FAR);
    const claim = await ownRun(folder, { ...quiet, pollMs: 1, claims: claimsIn(folder, { silentMs: 20 }) });
    assert.ok(claim.isMine());
    claim.release();
  });

  test('is not waited for by a process that is to stop', async () => {
    const stop = stopSignal();
    stop.request('enough');
    const folder = held('stopping', FAR);
    await assert.rejects(ownRun(folder, { listeners: [], stop }), refusal(folder, 'process 1 on another-machine'));
  });

  test('or in another container of this one is one, whatever its number', {
    skip: !fs.existsSync('/proc/self/ns/pid'),
  }, async () => {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const folder = held('container', { pid: process.pid, boot, space: 'pid:[1]' });
    assert.notEqual(claimsIn(folder).counter('.owner'), undefined);
    const before = held('rebooted', {
      pid: process.pid,
      boot: 'another',
      machine: readFileSync('/etc/machine-id', 'utf8').trim(),
    });
    assert.equal(claimsIn(before).holder('.owner'), undefined, 'it ran before this machine was started anew');
  });
});

describe('an owner', () => {
  test('that was taken over writes nothing more', async () => {
    const folder = at('lost');
    const other = { pid: process.pid, host: hostname(), since: SINCE, token: 'other' };
    const take = (event: TrainingEvent): void => {
      if (event.kind === 'step' && event.step === 5) writeFileSync(join(folder, '.owner'), JSON.stringify(other));
    };
    await assert.rejects(tinyRun(folder, { listeners: [take] }), {
      name: 'InputError',
      message: `${folder}: expected the folder of the run that this process trains, received one taken over by process ${process.pid} on ${hostname()} since ${SINCE}; what was saved there is still good`,
    });
    assert.equal(readMetrics(join(folder, 'metrics.jsonl')).at(-1)?.step, 4);
    assert.deepEqual(JSON.parse(readFileSync(join(folder, '.owner'), 'utf8')), other, 'the other stays');
  });

  test('whose file was taken away by hand goes on, and has it again', async () => {
    const folder = at('hand');
    const seen: string[][] = [];
    const remove = (event: TrainingEvent): void => {
      if (event.kind !== 'step') return;
      seen.push(readdirSync(folder).filter((name) => name === '.owner'));
      rmSync(join(folder, '.owner'));
    };
    assert.ok((await tinyRun(folder, { listeners: [remove] })).complete);
    assert.deepEqual(seen, Array(TINY_STEPS).fill(['.owner']));
  });

  test('whose folder was removed stops with a sentence', async () => {
    const folder = at('gone');
    const remove = (event: TrainingEvent): void => {
      if (event.kind === 'step' && event.step === 5) rmSync(folder, { recursive: true });
    };
    await assert.rejects(tinyRun(folder, { listeners: [remove] }), {
      name: 'InputError',
      message: `${folder}: expected the folder of the run that this process trains, received none of that name`,
    });
    assert.equal(fs.existsSync(folder), false);
  });

  test('does without hard links where the file system has none', async (t) => {
    t.mock.method(fs, 'linkSync', () => {
      throw Object.assign(new Error('no'), { code: 'EPERM' });
    });
    const claim = await ownRun(at('links'), quiet);
    assert.ok(claim.isMine());
    await assert.rejects(tinyRun(at('links')), /received one held by process/);
    claim.release();
    assert.equal(fs.existsSync(at('links')), false);
  });
});
