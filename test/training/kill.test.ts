/** A process killed (SIGKILL) at random moments, again and again, ends bit-same to one that was left alone. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { KILL_RUNS } from '../fixtures/killTraining';
import { type Outcome, tinyRun } from '../fixtures/trainingRuns';
import { TYPESCRIPT } from '../fixtures/typescript';

const root = mkdtempSync(join(tmpdir(), 'iekd-kill-'));
before(() => tf.setBackend('cpu'));
after(() => rmSync(root, { recursive: true }));

interface Sitting {
  readonly first: number;
  readonly last: number;
  readonly outcome: Outcome | undefined;
  readonly errors: string;
}

/** Lets the child go on with a run, and kills it `delayMs` after it has done step `at`; undefined lets it end. */
function sit(folder: string, run: string, at: number | undefined, delayMs: number): Promise<Sitting> {
  const script = join(__dirname, '..', 'fixtures', 'killedTraining.ts');
  const child = spawn(process.execPath, [...TYPESCRIPT, script, folder, run]);
  const steps: number[] = [];
  let [text, errors] = ['', ''];
  let doomed = false;
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  child.stdout.on('data', (chunk) => {
    text += chunk;
    for (const match of String(chunk).matchAll(/step (\d+)\n/g)) steps.push(Number(match[1]));
    if (at === undefined || doomed || (steps.at(-1) ?? 0) < at) return;
    doomed = true;
    setTimeout(() => child.kill('SIGKILL'), delayMs);
  });
  return new Promise((resolve) => {
    child.on('close', () => {
      const json = /^outcome (.*)$/m.exec(text)?.[1];
      resolve({ first: steps[0] ?? 0, last: steps.at(-1) ?? 0, outcome: json && JSON.parse(json), errors });
    });
  });
}

describe('kill -9', () => {
  for (const [run, { settings, steps }] of Object.entries(KILL_RUNS)) {
    test(`${run}: five kills, then an end that is bit-same to the unbroken run`, async (t) => {
      const { outcome: whole } = await tinyRun(join(root, `whole-${run}`), settings);
      const folder = join(root, `killed-${run}`);
      let reached = 0;
      for (const at of [1, 5, 20, 45, 70]) {
        const delayMs = 12 * Math.random();
        const { first, last, outcome } = await sit(folder, run, at, delayMs);
        t.diagnostic(`from step ${first} to ${last}, killed ${delayMs.toFixed(1)} ms after step ${at}`);
        assert.equal(outcome, undefined, 'it was killed before its end');
        assert.ok(first <= reached + 1 && last >= at, `it went on from what was saved: ${first} after ${reached}`);
        reached = last;
      }
      const { outcome, last, errors } = await sit(folder, run, undefined, 0);
      assert.equal(last, steps, errors);
      assert.deepEqual(outcome, JSON.parse(JSON.stringify(whole)));
      assert.deepEqual(readdirSync(folder).sort(), ['checkpoint.safetensors', 'metrics.jsonl'], 'no leftovers');
    });
  }
});
