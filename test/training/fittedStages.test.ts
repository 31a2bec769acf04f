/** What a stage fitted to a teacher is kept under all that made it, and a run that takes it ends with the bits of one that fits it. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import type { Network } from 'iekd/dist/models/types';
import type { FittedEvent, TrainingEvent } from 'iekd/dist/training/events';
import { fittedStages } from 'iekd/dist/training/fittedStages';
import { random } from 'iekd/dist/util/rng';
import { stopSignal } from 'iekd/dist/util/stopSignal';
import { tinyData, tinyNetwork } from '../fixtures/tinyNetworks';
import { type RunSettings, tinyRun } from '../fixtures/trainingRuns';

const root = mkdtempSync(join(tmpdir(), 'iekd-fitted-'));
const at = (name: string): string => join(root, name);
const store = (name: string, computedBy = 'here') => fittedStages(at(name), { engine: computedBy });
before(() => tf.setBackend('cpu'));
after(() => rmSync(root, { recursive: true }));

let runs = 0;
/** Runs, and the events of kept stages that it told. */
async function run(settings: RunSettings) {
  const told: FittedEvent[] = [];
  const listen = (event: TrainingEvent): void => void (event.kind === 'fitted' && told.push(event));
  const done = await tinyRun(at(`run-${runs++}`), { listeners: [listen], ...settings });
  return { ...done, told };
}
const taken = ({ told }: { told: readonly FittedEvent[] }): boolean[] => told.map(({ reused }) => reused);

describe('fitted stages', () => {
  test('are kept by the first run and taken by the second, to the same bits and the same history', async () => {
    const [own, first, second] = [await run({}), await run({ fitted: store('a') }), await run({ fitted: store('a') })];
    assert.deepEqual([taken(own), taken(first), taken(second)], [[], [false], [true]]);
    const { rows: _, ...whole } = own.outcome;
    for (const { outcome } of [first, second]) {
      const { rows, ...rest } = outcome;
      assert.deepEqual(rest, whole);
    }
    assert.deepEqual(first.outcome.rows, own.outcome.rows, 'keeping it is no result of the run');
    const [event] = second.told;
    assert.deepEqual([event?.stage, event?.step, event?.epochs, event?.path], ['code', 0, 2, first.told[0]?.path]);
  });

  test('are another one’s where anything that made them differs', async () => {
    const teacher = (seed: number) => (): readonly [Network, Network] => [
      tinyNetwork('small', random(1)),
      tinyNetwork('large', random(seed)),
    ];
    await run({ fitted: store('b') });
    const others: readonly [string, RunSettings][] = [
      ['seed', { seed: 4, fitted: store('b') }],
      ['teacher', { networks: teacher(9), fitted: store('b') }],
      ['epochs', { stages: { code: { epochs: 3 } }, fitted: store('b') }],
      ['rate', { stages: { code: { learningRate: 0.04 } }, fitted: store('b') }],
      ['images', { data: tinyData({ train: 20 }), fitted: store('b') }],
      ['normalisation', { data: { ...tinyData(), mean: [0.3] }, fitted: store('b') }],
      ['what computes', { fitted: store('b', 'elsewhere') }],
    ];
    for (const [what, settings] of others) assert.deepEqual(taken(await run(settings)), [false], what);
    assert.equal(readdirSync(at('b')).length, 1 + others.length);
  });

  test('are shared by seeds where they have a seed of their own', async () => {
    await run({ seed: 3, fitSeed: 7, fitted: store('c') });
    const other = await run({ seed: 4, fitSeed: 7, fitted: store('c') });
    assert.deepEqual(taken(other), [true]);
    const { rows: _, ...own } = (await run({ seed: 4, fitSeed: 7 })).outcome;
    const { rows: __, ...shared } = other.outcome;
    assert.deepEqual(shared, own);
    assert.equal(other.result.facts.fitSeed, 7);
  });

  test('are not taken in the middle of the stage, nor kept of a part of it', async () => {
    const stop = stopSignal();
    const listeners = [
      (event: TrainingEvent): void => void (event.kind === 'step' && event.step === 2 && stop.request('enough')),
    ];
    await tinyRun(at('part'), { stop, listeners, fitted: store('d') });
    const kept = await run({ fitted: store('d') });
    assert.deepEqual(taken(kept), [false]);
    const { outcome } = await tinyRun(at('part'), { resume: true, fitted: store('d') });
    assert.deepEqual(outcome, kept.outcome);
  });

  test('a damaged file is said, fitted anew and replaced', async () => {
    const first = await run({ fitted: store('e') });
    const path = join(at('e'), readdirSync(at('e'))[0] as string);
    const bytes = readFileSync(path);
    bytes[bytes.length - 2] = (bytes.at(-2) as number) ^ 0x80;
    writeFileSync(path, bytes);
    const { told, outcome } = await run({ fitted: store('e') });
    assert.match(told[0]?.failed ?? '', /the file is damaged; it is fitted anew, and the file replaced$/);
    assert.deepEqual(outcome, first.outcome);
    assert.deepEqual(taken(await run({ fitted: store('e') })), [true]);
  });

  test('a folder that cannot be written costs the run nothing, and it says so', async () => {
    writeFileSync(at('file'), '');
    const { complete, told } = await run({ fitted: fittedStages(join(at('file'), 'x'), {}) });
    assert.ok(complete);
    assert.match(told[0]?.failed ?? '', /ENOTDIR|not a folder/);
  });
});
