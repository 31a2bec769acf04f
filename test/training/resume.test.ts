/** A run that breaks off anywhere, or is stopped anywhere, goes on to the bit-same end and leaves the same log. */
import assert from 'node:assert/strict';
import fs, { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { type Checkpoint, readCheckpoint } from 'iekd/dist/training/checkpoint/checkpoint';
import type { TrainingEvent } from 'iekd/dist/training/events';
import { stopSignal } from 'iekd/dist/util/stopSignal';
import { type Outcome, TINY_STEPS, tinyRun } from '../fixtures/trainingRuns';

const root = mkdtempSync(join(tmpdir(), 'iekd-resume-'));
const folder = (name: string): string => join(root, name);
let whole: Outcome;
const events: TrainingEvent[] = [];

before(async () => {
  await tf.setBackend('cpu');
  const done = await tinyRun(folder('whole'), { listeners: [(event) => events.push(event)] });
  assert.ok(done.complete);
  whole = done.outcome;
});
after(() => rmSync(root, { recursive: true }));

describe('resume', () => {
  test('the unbroken run is what it should be', async () => {
    assert.equal(events.filter((e) => e.kind === 'step').length, TINY_STEPS);
    const again = await tinyRun(folder('again'));
    assert.deepEqual(again.outcome, whole, 'a run is a function of its seed');
    const other = await tinyRun(folder('other'), { seed: 4 });
    assert.notEqual(other.outcome.weights, whole.weights);
  });

  test('broken off in any event, a run ends the same', async () => {
    for (let at = 0; at < events.length; at++) {
      const where = folder(`broken-${at}`);
      let seen = 0;
      const trip = (): void => {
        if (seen++ === at) throw new Error('broken off');
      };
      await assert.rejects(tinyRun(where, { listeners: [trip] }), { message: 'broken off' });
      const { outcome, complete } = await tinyRun(where, { resume: true });
      assert.ok(complete);
      assert.deepEqual(outcome, whole, `broken off in event ${at}, ${events[at]?.kind}`);
    }
  });

  test('stopped after any step, a run writes a checkpoint, says so, and ends the same', async () => {
    for (let at = 1; at <= TINY_STEPS; at++) {
      const where = folder(`stopped-${at}`);
      const stop = stopSignal();
      const seen: TrainingEvent[] = [];
      const listener = (event: TrainingEvent): void => {
        seen.push(event);
        if (event.kind === 'step' && event.step === at) stop.request('asked to');
      };
      const first = await tinyRun(where, { stop, listeners: [listener], checkpoint: { folder: where, everySeconds: 1000 } });
      assert.equal(first.complete, at === TINY_STEPS, `complete at ${at}`);
      assert.equal(first.result.stopped, at === TINY_STEPS ? undefined : 'asked to');
      const path = join(where, 'checkpoint.safetensors');
      const stage = at < 6 ? 'code' : 'student';
      const last = { kind: 'stopped', stage, step: at, reason: 'asked to', path };
      if (at < TINY_STEPS) assert.deepEqual(seen.at(-1), last);
      else assert.equal(seen.at(-1)?.kind, 'done');
      assert.ok(existsSync(path));
      const { outcome } = await tinyRun(where, { resume: true });
      assert.deepEqual(outcome, whole, `stopped after step ${at}`);
    }
  });

  test('stopped again and again, after each step', async () => {
    const where = folder('crawl');
    let sittings = 0;
    for (let complete = false; !complete; sittings++) {
      const stop = stopSignal();
      stop.request('one step');
      const sitting = await tinyRun(where, { stop, resume: true });
      complete = sitting.complete;
      if (complete) assert.deepEqual(sitting.outcome, whole);
    }
    assert.equal(sittings, TINY_STEPS);
  });

  test('stopped in an evaluation that takes long, it goes on with that evaluation', async (t) => {
    const now = performance.now.bind(performance);
    for (const at of [9, TINY_STEPS]) {
      const where = folder(`evaluating-${at}`);
      const stop = stopSignal();
      let late = 0;
      // After the request every look at the clock comes three seconds later.
      t.mock.method(performance, 'now', () => {
        if (stop.stopped) late += 3000;
        return now() + late;
      });
      const kinds: string[] = [];
      const listener = (event: TrainingEvent): void => {
        kinds.push(event.kind);
        if (event.kind === 'step' && event.step === at) stop.request('asked to');
      };
      const first = await tinyRun(where, { stop, listeners: [listener] });
      t.mock.restoreAll();
      assert.deepEqual([first.complete, first.result.stopped], [false, 'asked to']);
      assert.deepEqual(kinds.slice(-3), ['step', 'checkpoint', 'stopped'], 'no epoch');
      const { progress } = readCheckpoint(join(where, 'checkpoint.safetensors'));
      const { epoch, done } = (progress as Checkpoint['progress']).fit;
      assert.deepEqual([epoch, done], [at / 3 - 3, 3]);
      const again: string[] = [];
      const { outcome } = await tinyRun(where, { resume: true, listeners: [({ kind }) => again.push(kind)] });
      assert.deepEqual(outcome, whole, `stopped after step ${at}`);
      assert.deepEqual(again.slice(0, 3), ['start', 'stage', 'epoch']);
    }
  });

  test('of steps that take long each is saved, as far as that takes a tenth of the time', async (t) => {
    const now = performance.now.bind(performance);
    let late = 0;
    t.mock.method(performance, 'now', () => now() + late);
    const kinds: string[] = [];
    const listener = ({ kind }: TrainingEvent): void => {
      if (kind === 'step') late += 5000;
      kinds.push(kind);
    };
    const where = folder('long');
    await tinyRun(where, { listeners: [listener], checkpoint: { folder: where, everySeconds: 1000 } });
    const saved = kinds.filter((kind, i) => kind === 'step' && kinds.slice(i, i + 4).includes('checkpoint')).length;
    assert.equal(saved, TINY_STEPS, kinds.join(' '));
  });

  test('a full disk leaves the checkpoint of before, nothing half, and a sentence', async (t) => {
    const where = folder('full');
    const path = join(where, 'checkpoint.safetensors');
    const write = fs.writeSync;
    let full = false;
    const listener = (event: TrainingEvent): void => {
      if (event.kind === 'step') full = event.step >= 7;
    };
    t.mock.method(fs, 'writeSync', (...words: Parameters<typeof write>) => {
      if (!full) return write(...words);
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    });
    const left = 'the one after step 6 is still there: make room on the disk, then go on with it';
    await assert.rejects(tinyRun(where, { listeners: [listener] }), {
      name: 'InputError',
      message: `${path}: expected a checkpoint that can be written, received ENOSPC; ${left}`,
    });
    full = false;
    assert.deepEqual(readdirSync(where).sort(), ['checkpoint.safetensors', 'metrics.jsonl']);
    const { outcome } = await tinyRun(where, { resume: true });
    assert.deepEqual(outcome, whole);
  });

  test('what a killed process has left half written goes, other files stay', async () => {
    const where = folder('left');
    mkdirSync(where);
    const left = ['.checkpoint.safetensors.0123456789ab', '.config.json.0123456789ab', '.peer12-best.safetensors.0123456789ab'];
    const own = ['.checkpoint.safetensors.mine', '.notes.json.0123456789ab', 'config.json.0123456789ab'];
    for (const name of [...left, ...own]) writeFileSync(join(where, name), 'x');
    await tinyRun(where);
    assert.deepEqual(readdirSync(where).sort(), [...own, 'checkpoint.safetensors', 'metrics.jsonl'].sort());
  });

  test('a complete run is only read', async () => {
    const seen: string[] = [];
    const { outcome, complete } = await tinyRun(folder('whole'), { resume: true, listeners: [(e) => seen.push(e.kind)] });
    assert.ok(complete);
    assert.deepEqual(seen, ['start', 'done']);
    assert.deepEqual(outcome, whole);
  });

  test('leaves no temporary files', () => {
    assert.deepEqual(readdirSync(folder('whole')).sort(), ['checkpoint.safetensors', 'metrics.jsonl']);
  });
});
