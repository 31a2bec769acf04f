/** A run that breaks off anywhere, or is stopped anywhere, goes on to the bit-same end and leaves the same log. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
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
