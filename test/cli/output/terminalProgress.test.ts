/** Progress in a log, on a terminal, and what a trainer's events become. */
import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { describe, test } from 'node:test';
import { barText, progressView } from 'iekd/dist/cli/output/terminalProgress';
import { trainingProgress } from 'iekd/dist/cli/output/trainingProgress';
import type { TrainingEvent } from 'iekd/dist/training/events';

/** A stream that keeps what it is given; as a terminal, it has what bars are drawn with. */
function recorder(isTTY: boolean): { stream: NodeJS.WriteStream; text: () => string } {
  const chunks: string[] = [];
  const writable = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  const terminal = { isTTY, columns: 200, cursorTo: () => true, clearLine: () => true, moveCursor: () => true };
  return { stream: Object.assign(writable, terminal) as unknown as NodeJS.WriteStream, text: () => chunks.join('') };
}

const STATE = {
  stage: 'teacher',
  done: 30,
  total: 120,
  unit: 'steps',
  rate: 640,
  rateUnit: 'images',
  etaSeconds: 65,
  note: 'loss 1.2',
};

describe('barText', () => {
  const table: readonly (readonly [string, Parameters<typeof barText>[0], string])[] = [
    ['everything', STATE, '30/120 steps · 640 images/s · 1 min 5 s left · loss 1.2'],
    ['rate and time unknown', { ...STATE, rate: 0, etaSeconds: null }, '30/120 steps · loss 1.2'],
    ['time not a number', { ...STATE, etaSeconds: Number.NaN, note: '' }, '30/120 steps · 640 images/s'],
    ['at its end', { ...STATE, done: 120, etaSeconds: 0 }, '120/120 steps · 640 images/s · loss 1.2'],
    ['of one', { ...STATE, done: 1, total: 1, note: '' }, '1/1 step · 640 images/s'],
    ['without a unit', { ...STATE, unit: '', rate: 0, etaSeconds: 3, note: '' }, '30/120 · 3 s left'],
  ];
  for (const [name, state, expected] of table) test(name, () => assert.equal(barText(state), expected));
});

test('a log gets a line when a stage begins, milestones, and a line when it is done', () => {
  const { stream, text } = recorder(false);
  const view = progressView(stream);
  view.show({ ...STATE, stage: 'cells', done: 0 }, true);
  for (const done of [0, 30, 60, 120, 120]) view.show({ ...STATE, done, note: '' });
  view.milestone('epoch 1');
  view.show({ ...STATE, stage: 'student', done: 0, total: 1 });
  view.end();
  assert.equal(text(), 'teacher: 120 steps\nteacher: 120/120 steps · 640 images/s\nepoch 1\nstudent: 1 step\n');
});

test('a terminal gets a bar with stage, rate and time left, and no milestones', () => {
  const { stream, text } = recorder(true);
  const view = progressView(stream);
  view.show(STATE);
  view.milestone('for logs only');
  view.show({ ...STATE, stage: 'student' });
  view.end();
  for (const part of ['teacher', '25%', '30/120 steps', '640 images/s', '1 min 5 s left', 'student']) {
    assert.ok(text().includes(part), `${part} in ${JSON.stringify(text())}`);
  }
  assert.ok(!text().includes('for logs only'));
});

const PASS = { value: 0.5, weight: 50, weighted: 25 };
const EVENTS: readonly TrainingEvent[] = [
  {
    kind: 'start',
    primary: 'top1',
    facts: {
      student: { name: 'resnet8', spec: { name: 'resnet8' }, parameters: 78042 },
      teachers: [{ name: 'resnet20', spec: { name: 'resnet20' }, parameters: 272474 }],
      method: { name: 'ie-ft', options: {} },
      data: { name: 'cifar10', augmentation: { pad: 4, flip: true }, train: 1280, validation: 0, test: 100, fingerprint: '' },
      stages: [],
      seed: 3,
      state: {},
    },
  },
  { kind: 'stage', stage: 'student', index: 1, stages: 2, epochs: 2, stepsPerEpoch: 10, parameters: 1, step: 0 },
  {
    kind: 'step',
    ...{ stage: 'student', epoch: 0.1, step: 1, done: 1, total: 20, imagesPerSecond: 600, etaSeconds: 4 },
    ...{ learningRate: 0.1, loss: 25.5, terms: { task: { value: 0.5, weight: 1, weighted: 0.5 }, inheritance: PASS } },
    ...{ images: 128, mean: { loss: 25.5, terms: {} } },
  },
  {
    kind: 'epoch',
    ...{ stage: 'student', epoch: 1, epochs: 2, step: 10, seconds: 2.04, learningRate: 0.1, loss: 25.5 },
    terms: { task: { value: 0.5, weight: 1, weighted: 0.5 }, inheritance: PASS },
    evaluations: [{ split: 'test', count: 100, loss: 0.9, metrics: { top1: 0.8531, top5: 0.99 } }],
  },
  { kind: 'stopped', stage: 'student', reason: 'interrupted', step: 11, path: 'run/checkpoint.safetensors' },
];

test('a peer is told beside the student', () => {
  const { stream, text } = recorder(false);
  const listen = trainingProgress(progressView(stream));
  const [start, stage, step, epoch] = EVENTS;
  const peers = [
    { peer: 'peer1', evaluations: [{ split: 'test', count: 100, loss: 1, metrics: { top1: 0.8402, top5: 0.98 } }] },
  ] as const;
  if (start?.kind !== 'start' || !stage || !step || epoch?.kind !== 'epoch') throw new Error('other events');
  const facts = { ...start.facts, teachers: [], peers: start.facts.teachers };
  for (const event of [{ ...start, facts }, stage, step, { ...epoch, peers }]) listen(event);
  const lines = text().trimEnd().split('\n');
  assert.equal(lines[0], 'resnet8 (78,042 parameters) by ie-ft with resnet20 on 1,280 images of cifar10, seed 3');
  assert.match(lines.at(-1) ?? '', /; test 85\.31 % · peer1 test 84\.02 %$/);
});

test('a trainer’s events in a log', () => {
  const { stream, text } = recorder(false);
  const listen = trainingProgress(progressView(stream));
  for (const event of EVENTS) listen(event);
  assert.deepEqual(text().trimEnd().split('\n'), [
    'resnet8 (78,042 parameters) by ie-ft from resnet20 on 1,280 images of cifar10, seed 3',
    '2/2 student: 20 steps',
    'student 1/2: loss 25.5000 (task 0.5, 2 % · inheritance 25, 98 %), rate 0.1, 2.0 s; test 85.31 %',
    'stopped after step 11: interrupted; checkpoint run/checkpoint.safetensors',
  ]);
});
