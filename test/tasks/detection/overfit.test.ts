/**
 * A detector learns eight pictures by heart and finds every object on them; it does so beside a teacher by any kind of method, stops and
 * goes on to the same bits.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { RgbPicture } from 'iekd/dist/data/pictures/rgbPicture';
import { iou } from 'iekd/dist/detection/boxes';
import { start } from 'iekd/dist/engine/start';
import { tf } from 'iekd/dist/engine/tf';
import { ie } from 'iekd/dist/methods/ie';
import { kdMethod } from 'iekd/dist/methods/kd';
import { match } from 'iekd/dist/methods/match';
import { at } from 'iekd/dist/methods/matchers/features/at';
import { ft } from 'iekd/dist/methods/matchers/features/ft';
import type { Method } from 'iekd/dist/methods/method';
import { mutual } from 'iekd/dist/methods/mutual';
import { supervised } from 'iekd/dist/methods/supervised';
import { buildNetwork } from 'iekd/dist/models/index';
import type { Network } from 'iekd/dist/models/types';
import { detect } from 'iekd/dist/tasks/detection/detect';
import { detection } from 'iekd/dist/tasks/detection/detection';
import { variablesHash } from 'iekd/dist/training/checkpoint/runDescription';
import { describeRun } from 'iekd/dist/training/describe';
import { evaluate } from 'iekd/dist/training/evaluate';
import { type TrainingResult, train } from 'iekd/dist/training/train';
import type { TrainOptions } from 'iekd/dist/training/trainOptions';
import { random } from 'iekd/dist/util/rng';
import { stopSignal } from 'iekd/dist/util/stopSignal';
import { CELL_PIXELS, cellData } from '../../fixtures/cells';

before(() => start({ engine: 'portable' }));

const root = mkdtempSync(join(tmpdir(), 'iekd-detector-'));
after(() => rmSync(root, { recursive: true }));

const data = cellData(8);
const task = detection({ priors: { 4: [[0.09, 0.09]], 8: [[0.2, 0.2]], 16: [[0.34, 0.34]] } });

const detector = (seed: number, width = 4): Network =>
  buildNetwork({ name: 'ssd-resnet8', width, input: [CELL_PIXELS, CELL_PIXELS, 3], ...task.head(data) }, random(seed));

test('eight pictures to a mean average precision of 0.95 and more', async () => {
  const student = detector(1, 8);
  const training = { epochs: 25, batch: 4, learningRate: 0.02, augment: false };
  const run = await train({ student, method: supervised(), data, task, training });
  const { metrics, loss } = await evaluate(student, data, 'test', { task });
  assert.ok((metrics['map'] as number) >= 0.95, JSON.stringify(metrics));
  assert.ok((metrics['ap'] as number) >= 0.8, JSON.stringify(metrics));
  assert.ok(loss < 0.2, String(loss));
  assert.ok((run.history[0]?.loss ?? 0) > 20 * loss, 'it began with much more');
  run.dispose();
  for (const sample of data.samples.slice(0, 2)) {
    const count = tf.memory().numTensors;
    const { boxes, classes } = detect(student, data.open(sample) as RgbPicture, { normalisation: data });
    assert.equal(tf.memory().numTensors, count, 'tensors');
    assert.deepEqual([...classes].sort(), [...sample.objects.classes].sort(), 'each object once');
    for (const [i, ofClass] of sample.objects.classes.entries()) {
      const found = [...classes.keys()].filter((k) => classes[k] === ofClass).map((k) => iou(boxes, k, sample.objects.boxes, i));
      assert.ok(Math.max(...found) > 0.5, `object ${i}: ${found}`);
    }
  }
  student.dispose();
});

test('a network without priors finds nothing', () => {
  const network = buildNetwork({ name: 'resnet8', input: [32, 32, 3] }, random(1));
  const picture = { height: 1, width: 1, bytes: new Uint8Array(3) };
  const message = 'detect: expected a network with priors, as ssd-resnet8, received resnet8';
  assert.throws(() => detect(network, picture, { normalisation: data }), { name: 'InputError', message });
  network.dispose();
});

const training = { epochs: 2, batch: 4, learningRate: 0.02 };

async function run(settings: Partial<TrainOptions>): Promise<TrainingResult & { readonly hash: string }> {
  const student = detector(1);
  const result = await train({ student, method: supervised(), data, task, training, seed: 3, ...settings });
  result.dispose();
  const hash = variablesHash(student.variables);
  student.dispose();
  return { ...result, hash };
}

describe('methods', () => {
  // Maps of 32×32 to 4×4 cells for 8×8; the factor of the backbone's last has half of 24 channels at 64 positions.
  const methods: readonly (readonly [
    string,
    () => Method,
    'teacher' | 'peer',
    readonly string[],
    scale?: number,
    ratio?: string,
  ])[] = [
    ['kd', () => kdMethod(), 'teacher', ['confidence', 'localisation', 'kd']],
    [
      'match(at())',
      () => match(at()),
      'teacher',
      ['confidence', 'localisation', 'at'],
      (16 + 4 + 1 + 1 / 4) / 4,
      'the mean of D / D₀ over the maps',
    ],
    [
      'ie(ft())',
      () => ie(ft({ fit: { epochs: 1 } })),
      'teacher',
      ['confidence', 'localisation', 'inheritance', 'exploration'],
      Math.sqrt(768 / 2048),
      '√(D / D₀)',
    ],
    [
      'mutual()',
      () => mutual(),
      'peer',
      ['confidence', 'localisation', 'kl', 'peer1.confidence', 'peer1.localisation', 'peer1.kl'],
    ],
    [
      'mutual(ie(ft()))',
      () => mutual(ie(ft())),
      'peer',
      ['confidence', 'localisation', 'inheritance', 'exploration', 'kl'],
      Math.sqrt(768 / 2048),
      '√(D / D₀)',
    ],
  ];
  for (const [name, make, role, terms, scale, ratio] of methods) {
    test(`${name}, varied pictures: a loss that is finite, and no tensor is lost`, async () => {
      const other = detector(2, 6);
      const before = tf.memory().numTensors;
      const { last, facts } = await run({ method: make(), ...(role === 'teacher' ? { teachers: [other] } : { peers: [other] }) });
      const names = Object.keys(last?.terms ?? {});
      assert.deepEqual(names.filter((one) => terms.includes(one)).sort(), [...terms].sort(), `${names}`);
      assert.ok(Number.isFinite(last?.loss), `${last?.loss}`);
      assert.ok(Math.abs((facts.weightScale ?? 1) - (scale ?? 1)) < 1e-9, String(facts.weightScale));
      const said = describeRun(facts).filter((line) => line.startsWith('For the size of the maps'));
      const number = String(Number((scale ?? 1).toPrecision(3)));
      const how = 'D values are compared, D₀ on a map of 8×8×64, for which the weights are meant.';
      assert.deepEqual(
        said,
        scale === undefined ? [] : [`For the size of the maps its weights are multiplied by ${number}, ${ratio}: ${how}`],
      );
      assert.equal(tf.memory().numTensors, before, 'tensors');
      other.dispose();
    });
  }
});

describe('what learns nothing of its teacher', () => {
  const silent: readonly (readonly [string, () => Method])[] = [
    ['ie(ft()) of weights 0', () => ie(ft({ fit: { epochs: 1 } }), { inherit: 0, explore: 0 })],
    ['match(at()) of weight 0', () => match(at(), { weight: 0 })],
    ['kd of α 0', () => kdMethod({ alpha: 0 })],
  ];
  for (const [name, make] of silent) {
    test(`${name} is the student alone, bit for bit`, async () => {
      const teacher = detector(2, 6);
      const [alone, taught] = [await run({}), await run({ method: make(), teachers: [teacher] })];
      teacher.dispose();
      assert.equal(taught.hash, alone.hash);
      assert.deepEqual(taught.last?.evaluations, alone.last?.evaluations);
    });
  }
});

describe('networks of other priors', () => {
  const other = (): Network =>
    buildNetwork({ name: 'ssd-resnet8', width: 4, input: [CELL_PIXELS, CELL_PIXELS, 3], classes: 3 }, random(2));
  const refused: readonly (readonly [string, () => Partial<TrainOptions>, string])[] = [
    ['kd', () => ({ method: kdMethod(), teachers: [other()] }), 'teacher'],
    ['mutual()', () => ({ method: mutual(), peers: [other()] }), 'peer'],
    ['mutual(ie(ft()))', () => ({ method: mutual(ie(ft())), peers: [other()] }), 'peer'],
  ];
  for (const [name, settings, role] of refused) {
    test(`are refused by ${name}: their scores are of other boxes`, async () => {
      const message = `train: ${role} ssd-resnet8: expected the priors of the task, received ssd-resnet8 with others; give both the same option priors`;
      await assert.rejects(run(settings()), { name: 'InputError', message });
    });
  }

  test('may teach their maps, which are the same', async () => {
    const teacher = other();
    const { last } = await run({ method: match(at()), teachers: [teacher] });
    teacher.dispose();
    assert.ok((last?.terms['at']?.value ?? 0) > 0);
  });

  test('a teacher without priors is refused by kd', async () => {
    const teacher = buildNetwork({ name: 'resnet8', input: [CELL_PIXELS, CELL_PIXELS, 3], classes: 3 }, random(2));
    const message = 'train: teacher resnet8: expected a network with priors, as ssd-resnet8, received resnet8';
    await assert.rejects(run({ method: kdMethod(), teachers: [teacher] }), { name: 'InputError', message });
    teacher.dispose();
  });
});

test('stopped and resumed on varied pictures, ends with the same bits', async () => {
  const folder = join(root, 'resumed');
  const whole = await run({});
  const stop = stopSignal();
  const listener = (event: { readonly kind: string; readonly step?: number }): void => {
    if (event.kind === 'step' && event.step === 3) stop.request('asked to');
  };
  const first = await run({ stop, listeners: [listener], checkpoint: { folder } });
  assert.equal(first.complete, false);
  const second = await run({ checkpoint: { folder }, resume: true });
  assert.equal(second.hash, whole.hash);
});
