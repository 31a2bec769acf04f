/** Settings that are changed by hand while a run trains: what holds from when on, where it is written, what going on makes of it. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { type AdjustOptions, adjustments } from 'iekd/dist/training/byHand/adjustments';
import { DESCRIPTION_FILE, describedBy, descriptionFile } from 'iekd/dist/training/descriptionFile';
import type { FittedEvent, StartEvent, StepEvent, TrainingEvent } from 'iekd/dist/training/events';
import { fittedStages } from 'iekd/dist/training/fittedStages';
import { METRICS_FILE, readMetrics } from 'iekd/dist/training/metricsFile';
import { stopSignal } from 'iekd/dist/util/stopSignal';
import { type RunSettings, tinyRun } from '../../fixtures/trainingRuns';

const root = mkdtempSync(join(tmpdir(), 'iekd-by-hand-'));
const at = (name: string): string => join(root, name);
before(() => tf.setBackend('cpu'));
after(() => rmSync(root, { recursive: true }));

/** Who moves a slider after a step. */
type Hand = Readonly<Record<number, (set: { rate: { value: number }; weight: { value: number } }) => void>>;

/** A run whose rate and weight of the term `match` are bound, beside its steps and its folder. */
async function run(name: string, hand: Hand, { stopAt = 0, ...settings }: RunSettings & { readonly stopAt?: number } = {}) {
  const bound = { rate: { value: 0.1 }, weight: { value: 1 } };
  const adjust: AdjustOptions = { learningRate: bound.rate, weights: { match: bound.weight } };
  const stop = stopSignal();
  const steps: StepEvent[] = [];
  const events: TrainingEvent[] = [];
  const listen = (event: TrainingEvent): void => {
    events.push(event);
    if (event.kind !== 'step') return;
    steps.push(event);
    hand[event.step]?.(bound);
    if (event.step === stopAt) stop.request('asked to');
  };
  const listeners = [descriptionFile(join(at(name), DESCRIPTION_FILE)), listen];
  return { ...(await tinyRun(at(name), { adjust, stop, listeners, ...settings })), steps, events };
}

const changedRows = (name: string): unknown[] =>
  readMetrics(join(at(name), METRICS_FILE))
    .filter(({ kind }) => kind === 'adjusted')
    .map(({ kind: _, ...row }) => row);
const changedLines = (name: string): string[] =>
  readFileSync(join(at(name), DESCRIPTION_FILE), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('Changed'));

/** The rate from step 4 on, within the first stage; the rate and the weight within the second, from step 9 and 11 on. */
const HAND: Hand = {
  3: ({ rate }) => {
    rate.value = 0.02;
  },
  8: ({ rate }) => {
    rate.value = 0.03;
  },
  10: ({ weight }) => {
    weight.value = -2;
  },
};
const CHANGES = [
  { stage: 'code', step: 4, setting: 'learningRate', value: 0.02 },
  { stage: 'student', step: 9, setting: 'learningRate', value: 0.03 },
  { stage: 'student', step: 11, setting: 'weights.match', value: -2 },
];
const LINES = [
  'Changed by hand: learningRate is 0.02 from step 4 on.',
  'Changed by hand: learningRate is 0.03 from step 9 on.',
  'Changed by hand: weights.match is -2 from step 11 on.',
];

describe('adjust', () => {
  test('nothing is done in a step of a run of which nothing is bound', () => {
    const none = adjustments({}, [], () => assert.fail('no event'));
    assert.equal(none('student'), undefined);
    const changed = adjustments({}, [{ stage: 'student', step: 4, setting: 'learningRate', value: 0.02 }], () => undefined);
    assert.deepEqual([changed('code'), changed('student')?.learningRate(0.1)], [undefined, 0.02]);
  });

  test('while nothing is changed the run is the same to the bit', async () => {
    const [plain, bound] = [await tinyRun(at('plain')), await run('bound', {})];
    assert.deepEqual(bound.outcome, plain.outcome);
    assert.deepEqual(bound.result.adjusted, []);
    const checkpoint = (name: string): string =>
      readFileSync(join(at(name), 'checkpoint.safetensors'), 'latin1').slice(0, 20_000);
    assert.equal(/adjusted/.test(checkpoint('bound')), false);
    assert.equal('adjusted' in (bound.events[0] ?? {}), false);
  });

  test('a change holds from the next step on, until its stage ends', async () => {
    const { steps, result } = await run('changed', HAND);
    const plain = await run('unchanged', {});
    const expected = (step: number, scheduled: number): number => {
      if (step >= 4 && step <= 6) return 0.02;
      return step >= 9 ? 0.03 : scheduled;
    };
    assert.deepEqual(
      steps.map(({ learningRate }) => learningRate),
      plain.steps.map(({ step, learningRate }) => expected(step, learningRate)),
    );
    const weights = steps.filter(({ stage }) => stage === 'student').map(({ step, terms }) => [step, terms['match']?.weight]);
    assert.deepEqual(
      weights,
      Array.from({ length: 9 }, (_, i) => [i + 7, i + 7 < 11 ? 0.5 : -2]),
    );
    assert.deepEqual(result.adjusted, CHANGES);
  });

  test('is told before its step, and written into log, description and checkpoint', async () => {
    const { events } = await run('told', HAND);
    const at4 = events.findIndex(({ kind }) => kind === 'adjusted');
    const [change, next] = events.slice(at4, at4 + 2) as [TrainingEvent, StepEvent];
    assert.deepEqual(change, { kind: 'adjusted', ...CHANGES[0] });
    assert.deepEqual([next.kind, next.step], ['step', 4]);
    assert.deepEqual(changedRows('told'), CHANGES);
    assert.deepEqual(changedLines('told'), LINES);
  });

  const from = (step: number): Hand => Object.fromEntries(Object.entries(HAND).filter(([at]) => Number(at) > step));

  for (const stopAt of [4, 6, 9, 12, 14]) {
    test(`stopped after step ${stopAt} it goes on with what was changed, to the bits of an unbroken run`, async () => {
      const name = `stopped-${stopAt}`;
      const whole = await run(`whole-${stopAt}`, HAND);
      await run(name, HAND, { stopAt });
      const resumed = await resume(name, from(stopAt));
      assert.deepEqual(resumed.outcome, whole.outcome);
      assert.deepEqual([resumed.result.adjusted, changedRows(name), changedLines(name)], [CHANGES, CHANGES, LINES]);
      const before = CHANGES.filter(({ step }) => step <= stopAt);
      assert.deepEqual(resumed.start?.adjusted, before);
      assert.deepEqual(resumed.start && describedBy(resumed.start).slice(-before.length), LINES.slice(0, before.length));
    });
  }

  test('a change that no step was done with is none', async () => {
    await run('moved', HAND, { stopAt: 8 });
    const { result } = await resume('moved', from(8));
    assert.deepEqual(
      result.adjusted,
      CHANGES.filter(({ step }) => step !== 9),
    );
  });

  /** Goes on, with other sliders. */
  async function resume(name: string, hand: Hand) {
    const bound = { rate: { value: 0.1 }, weight: { value: 1 } };
    let start: StartEvent | undefined;
    const listen = (event: TrainingEvent): void => {
      if (event.kind === 'start') start = event;
      if (event.kind === 'step') hand[event.step]?.(bound);
    };
    const run = await tinyRun(at(name), {
      resume: true,
      adjust: { learningRate: bound.rate, weights: { match: bound.weight } },
      listeners: [descriptionFile(join(at(name), DESCRIPTION_FILE)), listen],
    });
    return { ...run, start };
  }

  test('a change after the last checkpoint is lost with its steps', async () => {
    await run('killed', HAND, { stopAt: 8 });
    const folder = at('killed');
    const saved = at('saved');
    cpSync(join(folder, 'checkpoint.safetensors'), saved);
    await resume('killed', HAND);
    assert.equal(changedRows('killed').length, 2);
    cpSync(saved, join(folder, 'checkpoint.safetensors'));
    const { result } = await tinyRun(folder, {
      resume: true,
      listeners: [descriptionFile(join(folder, DESCRIPTION_FILE))],
    });
    assert.deepEqual(result.adjusted, CHANGES.slice(0, 1));
    assert.deepEqual([changedRows('killed'), changedLines('killed')], [CHANGES.slice(0, 1), LINES.slice(0, 1)]);
  });

  test('a stage that was changed is not kept for other runs', async () => {
    const fitted = fittedStages(at('kept'), {});
    const { events } = await run('fits', HAND, { fitted });
    const [event] = events.filter((one): one is FittedEvent => one.kind === 'fitted');
    assert.equal(event?.failed, 'not kept for other runs: it has 1 change by hand');
    const next = await run('fits-again', {}, { fitted });
    assert.deepEqual(
      next.events.filter((one): one is FittedEvent => one.kind === 'fitted').map(({ reused, failed }) => [reused, failed]),
      [[false, undefined]],
    );
  });

  const refused: readonly (readonly [unknown, string])[] = [
    [{ rate: { value: 1 } }, 'train: adjust: expected options among learningRate, weights, received "rate"'],
    [{ learningRate: 0.1 }, 'train: adjust.learningRate: expected an object with a value, as slider({ … }), received 0.1'],
    [{ learningRate: { value: -1 } }, 'train: adjust.learningRate: value: expected a number from 0, received -1'],
    [{ weights: [1] }, 'train: adjust.weights: expected an object of values by term, received [1]'],
    [{ weights: { match: { value: Number.NaN } } }, 'train: adjust.weights.match: value: expected a finite number, received NaN'],
    [
      { weights: { Match: { value: 1 } } },
      'train: adjust.weights: expected one of task, match, received "Match"; did you mean "match"?',
    ],
  ];
  for (const [i, [adjust, message]] of refused.entries()) {
    test(message, async () => {
      await assert.rejects(tinyRun(at(`refused-${i}`), { adjust: adjust as AdjustOptions }), { name: 'InputError', message });
    });
  }

  test('a value that is none ends the run before its step', async () => {
    const hand: Hand = {
      9: ({ rate }) => {
        rate.value = Number.NaN;
      },
    };
    const message = 'train: adjust.learningRate: value: expected a number from 0, received NaN';
    await assert.rejects(run('nan', hand), { name: 'InputError', message });
  });
});
