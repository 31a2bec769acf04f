/** The log of a run: its rows, which steps get one, and what of it survives a resume. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { descriptionHash } from 'iekd/dist/training/checkpoint/runDescription';
import type { StartEvent, StepEvent, TrainingEvent } from 'iekd/dist/training/events';
import { metricsFile, readMetrics } from 'iekd/dist/training/metricsFile';
import { tinyRun } from '../fixtures/trainingRuns';

const folder = mkdtempSync(join(tmpdir(), 'iekd-metrics-'));
const path = join(folder, 'metrics.jsonl');
const events: TrainingEvent[] = [];
before(async () => {
  await tf.setBackend('cpu');
  await tinyRun(folder, { listeners: [(event) => events.push(event)] });
});
after(() => rmSync(folder, { recursive: true }));

const find = <K extends TrainingEvent['kind']>(kind: K): Extract<TrainingEvent, { kind: K }> =>
  events.find((e) => e.kind === kind) as Extract<TrainingEvent, { kind: K }>;

/** Plays events into a fresh log. */
function play(name: string, list: readonly TrainingEvent[], options = {}): string {
  const file = join(folder, name);
  const listener = metricsFile(file, options);
  for (const event of list) listener(event);
  return file;
}

describe('metricsFile', () => {
  test('a row for each stage, its terms, every second step, epochs and the end', () => {
    const rows = readMetrics(path).map((row) => [row.kind, row.step]);
    const student = [
      ['stage', 6],
      ['terms', 7],
      ['step', 8],
      ['epoch', 9],
      ['step', 10],
      ['step', 12],
      ['epoch', 12],
      ['step', 14],
      ['epoch', 15],
    ];
    const code = [
      ['stage', 0],
      ['terms', 1],
      ['step', 2],
      ['epoch', 3],
      ['step', 4],
      ['step', 6],
      ['epoch', 6],
    ];
    assert.deepEqual(rows, [['start', undefined], ...code, ...student, ['done', undefined]]);
  });

  test('the first row holds the facts and what the caller adds', () => {
    const start = find('start');
    const [row] = readMetrics(play('header', [start], { header: { commit: 'abc' } }));
    assert.deepEqual(row, { kind: 'start', hash: descriptionHash(start.facts), commit: 'abc', facts: start.facts });
  });

  test('rows are the events', () => {
    const [, stage] = readMetrics(play('rows', [find('start'), find('stage')]));
    assert.deepEqual(stage, find('stage'));
    const { etaSeconds: _, mean: __, imagesPerSecond, ...step } = find('step');
    const [, row] = readMetrics(play('step', [find('start'), find('step')], { everySteps: 1 }));
    assert.deepEqual(row, { ...step, imagesPerSecond: Math.round(imagesPerSecond) });
  });

  test('by default every tenth step has a row', () => {
    const steps = Array.from({ length: 25 }, (_, i): StepEvent => ({ ...find('step'), step: i + 1 }));
    const rows = readMetrics(play('tenth', [find('start'), ...steps]));
    assert.deepEqual(
      rows.slice(1).map((row) => row.step),
      [10, 20],
    );
  });

  test('values that are not finite are null', () => {
    const bad: StepEvent = { ...find('step'), step: 10, terms: { off: { value: Number.NaN, weight: 0, weighted: Number.NaN } } };
    const [, row] = readMetrics(play('nan', [find('start'), bad]));
    assert.deepEqual(row?.terms, { off: { value: null, weight: 0, weighted: null } });
  });

  test('a new run replaces the log', () => {
    const file = play('new', [find('start'), find('stage'), find('start')]);
    assert.equal(readMetrics(file).length, 1);
  });

  // A checkpoint at step 6 lies between the stages, one at 7 within the second.
  const points: readonly (readonly [number, number, number?])[] = [
    [6, 1 + 7],
    [7, 1 + 7 + 2],
    [9, 1 + 7 + 4],
    [9, 1 + 7 + 3, 0], // its evaluation is still to come
    [15, 1 + 7 + 9],
  ];
  for (const [step, kept, epoch = Math.floor((step - 6) / 3)] of points) {
    test(`a resume at step ${step} after ${epoch} epochs keeps ${kept} rows, and drops half a line`, () => {
      const file = join(folder, `resumed-${step}-${epoch}`);
      writeFileSync(file, readFileSync(path));
      appendFileSync(file, '{"kind":"step","st');
      const resumed = { stage: 'student', epoch, done: step - 6, step };
      metricsFile(file)({ ...find('start'), resumed } satisfies StartEvent);
      assert.deepEqual(readMetrics(file), readMetrics(path).slice(0, kept));
    });
  }

  const bad: readonly (readonly [string, string, string])[] = [
    [
      'cut short in the middle',
      '{"kind":"terms","s',
      'line 3, column 19: expected JSON, here " at the end of the string, received the end of the text',
    ],
    ['that is a number', '3', 'line 3: expected a row, which is an object, received 3'],
    [
      'of another kind',
      '{"kind":"stp","step":3}',
      'line 3: kind: expected one of start, stage, terms, step, epoch, fitted, adjusted, done, received "stp"',
    ],
    ['with half a step', '{"kind":"step","step":0.5,"loss":1}', 'line 3: step: expected an integer from 0, received 0.5'],
    ['with a loss that is a text', '{"kind":"step","step":5,"loss":"1"}', 'line 3: loss: expected a finite number, received "1"'],
  ];
  for (const [name, line, message] of bad) {
    test(`a row ${name} is refused, and so are the rows after it`, () => {
      const file = join(folder, 'bad');
      const lines = readFileSync(path, 'utf8').split('\n');
      writeFileSync(file, [...lines.slice(0, 2), line, ...lines.slice(3)].join('\n'));
      const hint = `npx iekd results check --repair ${file} sets bad lines aside`;
      const refusal = { name: 'InputError', message: `${file}: ${message}; ${hint}` };
      assert.throws(() => readMetrics(file), refusal);
      const resumed = { stage: 'student', epoch: 0, done: 0, step: 6 };
      assert.throws(() => metricsFile(file)({ ...find('start'), resumed } satisfies StartEvent), refusal);
    });
  }

  test('a resume without a log starts one', () => {
    const resumed = { stage: 'student', epoch: 0, done: 0, step: 6 };
    const file = play('lost', [{ ...find('start'), resumed }]);
    assert.deepEqual(
      readMetrics(file).map((row) => row.kind),
      ['start'],
    );
  });

  test('refuses unknown options and a cadence of 0', () => {
    assert.throws(() => metricsFile(path, { every: 1 } as object), {
      message: 'metricsFile: expected options among header, everySteps, received "every"',
    });
    assert.throws(() => metricsFile(path, { everySteps: 0 }), {
      message: 'metricsFile: everySteps: expected an integer from 1, received 0',
    });
  });
});
