/** Training shown as it goes on. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DisplayMessage } from 'iekd/dist/notebook/display/display';
import { PROGRESS_MIME } from 'iekd/dist/notebook/display/progress';
import { PLOTLY_MIME } from 'iekd/dist/notebook/plots/figure';
import { lineCharts, ticks } from 'iekd/dist/notebook/plots/lineChart';
import { liveTraining } from 'iekd/dist/notebook/views/liveTraining';
import { lossCurves } from 'iekd/dist/notebook/views/trainingCurves';
import { addStep, EMPTY_SUMS, epochMeans } from 'iekd/dist/training/epochMeans';
import type { StepEvent, TrainingEvent, TrainingListener } from 'iekd/dist/training/events';
import { shown } from '../shown';

const EPOCHS = 3;
const STEPS = 100;

/** Images of a step: the last one of an epoch has 8, whose loss is no measure of anything. */
const BATCH = 128;
const LAST = 8;

/** A stage with two terms; `speed` is what differs from machine to machine. */
function* stage(name: string, speed: number): Generator<TrainingEvent> {
  yield { kind: 'stage', stage: name, index: 1, stages: 2, epochs: EPOCHS, stepsPerEpoch: STEPS, parameters: 7, step: 0 };
  let sums = EMPTY_SUMS;
  for (let done = 1; done <= EPOCHS * STEPS; done++) {
    const epoch = done / STEPS;
    const images = done % STEPS === 0 ? LAST : BATCH;
    const entropy = images === LAST ? 20 : 2.5 - 0.5 * Math.ceil(epoch); // 2, 1.5, 1
    const terms = {
      'cross-entropy': { value: entropy, weight: 1, weighted: entropy },
      'explore <half>': { value: 0.1, weight: -5, weighted: -0.5 },
    };
    const measured = Object.entries(terms).map(([term, value]) => ({ name: term, ...value }));
    sums = addStep(sums, measured, images);
    const common = { stage: name, step: done, done, total: EPOCHS * STEPS, learningRate: 0.1 };
    const more = { imagesPerSecond: speed, etaSeconds: (EPOCHS * STEPS - done) / speed, images, mean: epochMeans(sums) };
    yield { kind: 'step', epoch, loss: entropy - 0.5, terms, ...more, ...common };
    if (done % STEPS > 0) continue;
    const evaluations = [{ split: 'test', count: 10, loss: 1, metrics: { top1: 0.5 + 0.1 * epoch, top5: 0.9 } }] as const;
    yield { kind: 'epoch', epoch, epochs: EPOCHS, seconds: 1 / speed, evaluations, ...epochMeans(sums), ...common };
    sums = EMPTY_SUMS;
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

  it('says beside the curves, and in what the run says of itself, that it was changed by hand', async () => {
    const facts = {
      ...{ student: { name: 'resnet8', parameters: 78042 }, teachers: [], stages: [], seed: 3, state: {} },
      ...{ method: { name: 'kd', options: {} }, data: { name: 'cifar10', train: 20, validation: 0, test: 10 } },
    };
    const change = { stage: 'code', step: 2, setting: 'learningRate', value: 0.02 };
    const [first, ...rest] = [...stage('student', 100)];
    const messages = await shown(() =>
      play(liveTraining({ everyMs: 0 }), [
        { kind: 'start', facts, primary: 'top1', adjusted: [change] } as unknown as TrainingEvent,
        first as TrainingEvent,
        ...rest.slice(0, 100),
        { kind: 'adjusted', ...change, stage: 'student', step: 101, value: 0.03 },
        ...rest.slice(100),
        { kind: 'done', seconds: 1 },
      ]),
    );
    const notes = messages.flatMap((message) => (progressOf(message) as { note: string } | undefined)?.note ?? []);
    const counts = notes.map((note) => /\b(\d) changes? by hand/.exec(note)?.[1]);
    assert.deepEqual([counts[1], counts[99], counts[101], counts.at(-1)], ['1', '1', '2', '2']);
    const figure = messages.flatMap(({ data }) => (data[PLOTLY_MIME] as { layout: object } | undefined)?.layout ?? [])[0];
    assert.match(JSON.stringify(figure), /"student \(2 changes by hand\)"/);
    assert.deepEqual(String(messages.at(-1)?.data['text/plain']).split('\n').slice(-2), [
      'Changed by hand: learningRate is 0.02 from step 2 on.',
      'Changed by hand: learningRate is 0.03 from step 101 on.',
    ]);
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
    assert.equal(
      data['text/plain'],
      'IE-FT  151 / 300 steps · 100 images/s · 1 s left · stage 2 of 2, epoch 2 of 3 · test 60.0 %',
    );
    const text = String(data['text/html']);
    const legend = ['loss 1.51', 'cross-entropy 2.01', 'explore &lt;half&gt; −0.5', 'epoch (numbers: means of epoch 1)'];
    for (const part of ['width:50.3%', '<svg', ...legend, 'accuracy (%)']) assert.ok(text.includes(part), part);
    const state = {
      stage: 'IE-FT',
      done: 151,
      total: 300,
      unit: 'steps',
      rate: 100,
      rateUnit: 'images',
      etaSeconds: 1.49,
      note: 'stage 2 of 2, epoch 2 of 3 · test 60.0 %',
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
    for (const { x, y } of data) assert.deepEqual([x.length, y.length], [198, 198]); // as many an epoch, at most 200
    assert.deepEqual(new Set(data[2]?.y), new Set([-0.5]));
  });

  it('weighs the last batch of an epoch by its images, in the curves and in the numbers', async () => {
    const messages = await shown(() => play(liveTraining({ everyMs: 0 }), stage('student', 100)));
    const { data } = (messages.at(-1) as DisplayMessage).data[PLOTLY_MIME] as {
      data: { name: string; x: number[]; y: number[] }[];
    };
    const own = (epoch: number): number[] => (data[1]?.y ?? []).slice(66 * (epoch - 1), 66 * epoch);
    for (const [epoch, value] of [
      [1, 2],
      [2, 1.5],
      [3, 1],
    ] as const) {
      const last = Number(((BATCH * value + LAST * 20) / (BATCH + LAST)).toPrecision(5)); // 20 for a batch of its own
      assert.deepEqual(own(epoch), [...Array.from({ length: 65 }, () => value), last]);
    }
    const numbers = (message: DisplayMessage | undefined): string[] =>
      [...String(message?.data['text/html']).matchAll(/>(loss|cross-entropy) ([\d.]+)<|numbers: ([^)]*)/g)].map(
        ([, name, value, of]) => of ?? `${name} ${value}`,
      );
    assert.deepEqual(numbers(messages[50]), ['means so far', 'loss 1.5', 'cross-entropy 2']);
    // The last step of an epoch alone had 19.5: it is not shown.
    const mean = (value: number): number => (99 * BATCH * value + LAST * 20) / (99 * BATCH + LAST);
    assert.equal(mean(1.5).toPrecision(3), '1.51');
    assert.deepEqual(numbers(messages[250]), ['means of epoch 2', 'loss 1.01', 'cross-entropy 1.51']);
  });

  it('is called as its title says, and stages before the student have their own name behind it', async () => {
    const titles = async (title: string): Promise<string[]> => {
      const messages = await shown(() => {
        const listener = liveTraining({ title });
        for (const name of ['factor encoder', 'student']) play(listener, stage(name, 100));
      });
      return messages.filter(({ update }) => !update).map(({ data }) => String(data['text/plain']).split('  ')[0] ?? '');
    };
    assert.deepEqual(await titles('Teacher'), ['Teacher: factor encoder', 'Teacher']);
    assert.deepEqual(await titles(''), ['factor encoder', 'student']);
  });

  it('keeps to so many points however long and short the epochs are', () => {
    // epochs, steps an epoch, points
    const table = [
      [1, 1, 1],
      [1, 2, 1],
      [3, 40, 117],
      [5, 5000, 200],
      [160, 391, 160],
      [600, 4, 200],
      [601, 1, 151],
    ];
    const counts = table.map(([epochs = 0, stepsPerEpoch = 0]) => {
      const losses = lossCurves({ epochs, stepsPerEpoch });
      for (let done = 1; done <= epochs * stepsPerEpoch; done++) {
        const mean = { loss: 1, terms: {} };
        losses.step({ done, epoch: done / stepsPerEpoch, images: 2, mean, ...mean } as StepEvent);
      }
      return [epochs, stepsPerEpoch, losses.lines()[0]?.x.length];
    });
    assert.deepEqual(counts, table);
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
