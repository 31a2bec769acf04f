/** Training shown as it goes on. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DisplayMessage } from 'iekd/dist/notebook/display/display';
import { PROGRESS_MIME } from 'iekd/dist/notebook/display/progress';
import { PLOTLY_MIME } from 'iekd/dist/notebook/plots/figure';
import { lineCharts, ticks } from 'iekd/dist/notebook/plots/lineChart';
import { liveTraining } from 'iekd/dist/notebook/views/liveTraining';
import type { TrainingEvent, TrainingListener } from 'iekd/dist/training/events';
import { shown } from '../shown';

const EPOCHS = 3;
const STEPS = 100;

/** A stage with two terms; `speed` is what differs from machine to machine. */
function* stage(name: string, speed: number): Generator<TrainingEvent> {
  yield { kind: 'stage', stage: name, index: 1, stages: 2, epochs: EPOCHS, stepsPerEpoch: STEPS, parameters: 7, step: 0 };
  for (let done = 1; done <= EPOCHS * STEPS; done++) {
    const epoch = done / STEPS;
    const terms = {
      'cross-entropy': { value: 2 / epoch, weight: 1, weighted: 2 / epoch },
      'explore <half>': { value: 0.1, weight: -5, weighted: -0.5 },
    };
    const common = { stage: name, step: done, done, total: EPOCHS * STEPS, learningRate: 0.1, loss: 2 / epoch - 0.5, terms };
    yield { kind: 'step', epoch, imagesPerSecond: speed, etaSeconds: (EPOCHS * STEPS - done) / speed, ...common };
    if (done % STEPS > 0) continue;
    const evaluations = [{ split: 'test', count: 10, loss: 1, metrics: { top1: 0.5 + 0.1 * epoch, top5: 0.9 } }] as const;
    yield { kind: 'epoch', epoch, epochs: EPOCHS, seconds: 1 / speed, evaluations, ...common };
  }
}

const play = (listener: TrainingListener, events: Iterable<TrainingEvent>): void => {
  for (const event of events) listener(event);
};

const progressOf = (message: DisplayMessage | undefined) => message?.data[PROGRESS_MIME];

describe('live training', () => {
  it('updates one display a stage in place', async () => {
    const messages = await shown(() => {
      const listener = liveTraining({ title: 'IE-FT', everyMs: 0 });
      play(listener, stage('factor encoder', 100));
      play(listener, stage('student', 100));
    });
    const slots = [...new Set(messages.map(({ slot }) => slot))];
    assert.equal(slots.length, 2);
    assert.equal(messages.length, 2 * (1 + EPOCHS * STEPS + 1));
    for (const slot of slots) {
      const [first, ...rest] = messages.filter((message) => message.slot === slot);
      assert.equal(first?.update, false);
      assert.ok(rest.every(({ update }) => update));
    }
  });

  it('shows what the run says of itself, folded, once it starts and again with its terms', async () => {
    const facts = {
      ...{ student: { name: 'resnet8', parameters: 78042 }, teachers: [], stages: [], seed: 3, state: {} },
      ...{ method: { name: 'kd', options: {} }, data: { name: 'cifar10', train: 20, validation: 0, test: 10 } },
    };
    const terms = [{ name: 'task', value: 2, weight: 1, weighted: 2, reduction: 'mean over <batch>' }];
    const messages = await shown(() =>
      play(liveTraining(), [
        { kind: 'start', facts } as unknown as TrainingEvent,
        { kind: 'terms', stage: 'student', step: 1, terms },
        { kind: 'done', seconds: 1 },
      ]),
    );
    assert.deepEqual(
      messages.map(({ final, update }) => [final, update]),
      [
        [false, false],
        [false, true],
        [true, true],
      ],
    );
    assert.deepEqual(String(messages[2]?.data['text/plain']).split('\n'), [
      'Student resnet8 (78,042 parameters) is trained by kd.',
      'Data: cifar10, 20 training, 0 validation, 10 test images.',
      'Seed 3.',
      'First step of stage "student":',
      '  task: 2 · weight 1 = 2 (mean over <batch>)',
    ]);
    assert.match(String(messages[1]?.data['text/html']), /^<details.*&lt;batch&gt;/s);
  });

  it('shows bar, rate, time left, epoch and accuracy, and its data', async () => {
    const messages = await shown(() => play(liveTraining({ title: 'IE-FT', everyMs: 0 }), stage('student', 100)));
    const { data } = messages[151] as DisplayMessage;
    assert.equal(data['text/plain'], 'IE-FT: student  151 / 300 steps · 100 images/s · 1 s left · epoch 2 of 3 · test 60.0 %');
    const text = String(data['text/html']);
    for (const part of ['width:50.3%', '<svg', 'cross-entropy 1.33', 'explore &lt;half&gt; −0.5', 'accuracy (%)'])
      assert.ok(text.includes(part), part);
    const state = {
      stage: 'IE-FT: student',
      done: 151,
      total: 300,
      unit: 'steps',
      rate: 100,
      rateUnit: 'images',
      etaSeconds: 1.49,
      note: 'epoch 2 of 3 · test 60.0 %',
    };
    assert.deepEqual(progressOf(messages[151]), state);
  });

  it('ends as a figure without times: the same for every speed', async () => {
    const last = async (speed: number): Promise<DisplayMessage | undefined> =>
      (await shown(() => play(liveTraining({ everyMs: 0 }), stage('student', speed)))).at(-1);
    const [slow, fast] = [await last(100), await last(3000)];
    assert.deepEqual(slow?.data, fast?.data);
    assert.equal(slow?.final, true);
    assert.deepEqual(Object.keys(slow.data).sort(), [PROGRESS_MIME, PLOTLY_MIME, 'image/png', 'text/plain'].sort());
    assert.equal(slow.data['text/plain'], 'student  300 / 300 steps · test 80.0 %');
    assert.deepEqual(slow.metadata, { 'image/png': { width: 760, height: 280 } });
    const { data } = slow.data[PLOTLY_MIME] as { data: { name: string; x: number[]; y: number[] }[] };
    assert.deepEqual(
      data.map(({ name }) => name),
      ['loss', 'cross-entropy', 'explore <half>'],
    );
    for (const { x, y } of data) assert.deepEqual([x.length, y.length], [201, 201]); // at most 200 parts, and the end
    assert.deepEqual(new Set(data[2]?.y), new Set([-0.5]));
  });

  it('names the peers that learn beside the student', async () => {
    const evaluations = [{ split: 'test', count: 10, loss: 1, metrics: { top1: 0.7, top5: 0.9 } }] as const;
    const events = [...stage('student', 100)].map((event) =>
      event.kind === 'epoch' ? { ...event, peers: [{ peer: 'peer1', evaluations }] } : event,
    );
    const last = (await shown(() => play(liveTraining({ everyMs: 0 }), events))).at(-1);
    assert.equal(last?.data['text/plain'], 'student  300 / 300 steps · test 80.0 %, peer1 test 70.0 %');
  });

  it('says that it was stopped, and where the checkpoint is', async () => {
    const messages = await shown(() => {
      const listener = liveTraining({ everyMs: 0 });
      play(listener, [...stage('student', 100)].slice(0, 120));
      listener({ kind: 'stopped', stage: 'student', reason: 'interrupted', step: 118, path: `${process.cwd()}/runs/a` });
    });
    assert.equal(
      messages.at(-1)?.data['text/plain'],
      'student  118 / 300 steps · stopped (interrupted), checkpoint in runs/a · test 60.0 %',
    );
  });

  it('refuses options it does not know', () => {
    const message = 'liveTraining: expected options among title, everyMs, received "name"';
    assert.throws(() => liveTraining({ name: 'x' } as object), { message });
  });

  it('is drawn at most so often', async () => {
    const messages = await shown(() => play(liveTraining({ everyMs: 60_000 }), stage('student', 100)));
    assert.equal(messages.length, 3); // begin, first step, end
  });
});

describe('line charts', () => {
  const cases: readonly (readonly [number, number, number, readonly number[]])[] = [
    [0, 6, 8, [0, 1, 2, 3, 4, 5, 6]],
    [0.13, 2.2, 5, [0, 0.5, 1, 1.5, 2, 2.5]],
    [-0.4, 2.2, 5, [-1, 0, 1, 2, 3]],
    [60, 87, 5, [60, 70, 80, 90]],
    [3, 3, 5, [3, 4]],
    [0, 0, 5, [0, 0.2]],
    [1e-5, 4e-5, 5, [1e-5, 2e-5, 3e-5, 4e-5]],
  ];
  for (const [low, high, wanted, expected] of cases) {
    it(`ticks of ${low} … ${high}`, () => assert.deepEqual(ticks(low, high, wanted), expected));
  }
  it('leave out what is no number, and stand with no values at all', () => {
    const panel = { title: 't', xTitle: 'x', xEnd: 2 };
    const line = { name: 'a', x: [0, 1, 2], y: [1, Number.NaN, 2] };
    assert.equal(
      lineCharts([{ ...panel, lines: [line] }])
        .match(/points="([^"]*)"/)?.[1]
        ?.split(' ').length,
      2,
    );
    for (const lines of [[], [{ name: 'a', x: [], y: [] }], [{ name: 'a', x: [0], y: [Number.NaN] }]]) {
      assert.ok(!/NaN|Infinity/.test(lineCharts([{ ...panel, lines }]).replaceAll('>a NaN<', '')));
    }
  });
});
