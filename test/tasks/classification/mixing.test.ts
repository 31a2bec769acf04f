/** Smoothed labels and mixed images: losses against PyTorch's, images against the papers' formulas, runs that go on to the same bits. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { batches } from 'iekd/dist/data/batches';
import type { Batch } from 'iekd/dist/data/types';
import { tf } from 'iekd/dist/engine/tf';
import { kdMethod } from 'iekd/dist/methods/kd';
import { tfKdReg } from 'iekd/dist/methods/tfKdReg';
import type { ForwardResult } from 'iekd/dist/models/types';
import { betaDraw } from 'iekd/dist/tasks/classification/betaDraw';
import { classification } from 'iekd/dist/tasks/classification/classification';
import { cutBox, cutMixed, mixBatch, mixedUp } from 'iekd/dist/tasks/classification/mixing';
import { taskEntry, taskNamed } from 'iekd/dist/tasks/index';
import { train } from 'iekd/dist/training/train';
import { random } from 'iekd/dist/util/rng';
import { stopSignal } from 'iekd/dist/util/stopSignal';
import { tinyData, tinyNetwork } from '../../fixtures/tinyNetworks';
import { tinyRun } from '../../fixtures/trainingRuns';

interface Golden {
  readonly logits: number[][];
  readonly labels: number[];
  readonly partners: number[];
  readonly rows: readonly { smoothing: number; share: number; value: number; grad: number[] }[];
}

const golden = JSON.parse(readFileSync(join(__dirname, '..', '..', 'golden', 'softTargets.json'), 'utf8')) as Golden;
const root = mkdtempSync(join(tmpdir(), 'iekd-mixing-'));
before(() => tf.setBackend('cpu'));
after(() => rmSync(root, { recursive: true }));

/** Three images of 4×5×2 whose values say where they are: image · 1000 + row · 100 + column · 10 + channel. */
function counted(): Batch {
  const shape = [3, 4, 5, 2] as const;
  const images = Float32Array.from({ length: 120 }, (_, k) => {
    return Math.floor(k / 40) * 1000 + (Math.floor(k / 10) % 4) * 100 + (Math.floor(k / 2) % 5) * 10 + (k % 2);
  });
  return { images, labels: Int32Array.of(0, 1, 2), size: 3, shape };
}

describe('the loss of soft targets is PyTorch’s to 1e-6, its gradient too', () => {
  for (const { smoothing, share, value, grad } of golden.rows) {
    test(`smoothing ${smoothing}, λ ${share}`, () => {
      const task = classification({ labelSmoothing: smoothing });
      const partners = { labels: Int32Array.from(golden.partners), share };
      const batch = { ...counted(), labels: Int32Array.from(golden.labels), ...(share < 1 ? { partners } : {}) };
      const targets = task.targets(batch);
      const of = (logits: tf.Tensor): tf.Scalar => {
        const [term] = task.terms({ logits, features: {} } as ForwardResult, targets);
        return term?.value as tf.Scalar;
      };
      const found = tf.valueAndGrad(of)(tf.tensor2d(golden.logits));
      assert.ok(Math.abs((found.value.dataSync()[0] as number) - value) < 1e-6);
      for (const [i, g] of found.grad.dataSync().entries()) assert.ok(Math.abs(g - (grad[i] as number)) < 1e-6, `gradient ${i}`);
      tf.dispose([found.value, found.grad, ...targets]);
    });
  }
});

describe('images', () => {
  test('mixup is λ · a + (1 − λ) · b, of labels too, and leaves the batch as it was', () => {
    const batch = counted();
    const { images, partners } = mixedUp(batch, Uint32Array.of(1, 2, 0), 0.25);
    const expected = batch.images.map((a, k) => 0.25 * a + 0.75 * (batch.images[(k + 40) % 120] as number));
    assert.deepEqual(images, expected);
    assert.deepEqual(partners, { labels: Int32Array.of(1, 2, 0), share: 0.25 });
    assert.deepEqual(batch, counted());
  });

  test('CutMix takes the box from the other, and λ is the share that is left', () => {
    const { images, partners } = cutMixed(counted(), Uint32Array.of(2, 1, 0), { top: 1, bottom: 3, left: 3, right: 5 });
    const image = (k: number): number => Math.floor((images[k] as number) / 1000);
    for (let k = 0; k < 120; k++) {
      const [i, y, x] = [Math.floor(k / 40), Math.floor(k / 10) % 4, Math.floor(k / 2) % 5] as [number, number, number];
      const inBox = y >= 1 && y < 3 && x >= 3;
      assert.equal(image(k), inBox ? 2 - i : i);
      assert.equal((images[k] as number) % 1000, y * 100 + x * 10 + (k % 2), 'nothing moves');
    }
    assert.deepEqual(partners, { labels: Int32Array.of(2, 1, 0), share: 1 - 4 / 20 });
  });

  test('boxes are within the image, of area 1 − λ but for what the border cuts off', () => {
    const stream = random(0).stream('boxes');
    for (let draw = 0; draw < 500; draw++) {
      const share = stream.uniform();
      const { top, bottom, left, right } = cutBox([1, 32, 24, 3], share, stream);
      assert.ok(0 <= top && top <= bottom && bottom <= 32 && 0 <= left && left <= right && right <= 24);
      assert.ok((bottom - top) * (right - left) <= (1 - share) * 32 * 24);
    }
    const whole = cutBox([1, 32, 32, 3], 0.75, { ...stream, below: () => 16 });
    assert.deepEqual(whole, { top: 8, bottom: 24, left: 8, right: 24 });
  });

  test('λ ~ Beta(α, α): mean ½, variance 1 / (4 (2α + 1)), within 4 standard errors; of a tiny α 0 or 1', () => {
    for (const alpha of [0.2, 0.5, 1, 4]) {
      const stream = random(1).stream(`beta ${alpha}`);
      const draws = Array.from({ length: 20_000 }, () => betaDraw(alpha, stream));
      const variance = 1 / (4 * (2 * alpha + 1));
      const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
      const spread = draws.reduce((sum, x) => sum + (x - 0.5) ** 2, 0) / draws.length;
      assert.ok(Math.abs(mean - 0.5) < 4 * Math.sqrt(variance / draws.length), `mean ${mean} of α ${alpha}`);
      assert.ok(Math.abs(spread - variance) < 4 * Math.sqrt(1 / 16 / draws.length), `variance ${spread} of α ${alpha}`);
    }
    const tiny = random(2).stream('tiny');
    for (let draw = 0; draw < 100; draw++) assert.ok([0, 1].includes(Math.round(1e6 * betaDraw(1e-4, tiny)) / 1e6));
  });

  test('how often, and by which of two, is drawn', () => {
    const stream = random(3).stream('often');
    const counts = { plain: 0, mixup: 0, cutmix: 0 };
    for (let draw = 0; draw < 1000; draw++) {
      const { partners, images } = mixBatch(counted(), { mixup: 1, cutmix: 1, mixProbability: 0.5 }, stream);
      const whole = images.every((value) => Number.isInteger(value));
      counts[partners === undefined ? 'plain' : whole ? 'cutmix' : 'mixup']++;
    }
    assert.ok(Math.abs(counts.plain - 500) < 64 && Math.abs(counts.cutmix - 250) < 64, JSON.stringify(counts));
  });
});

describe('runs', () => {
  const softened = { labelSmoothing: 0.1, mixup: 0.4, cutmix: 1 } as const;

  test('an option that is the default enters no hash, another does', () => {
    for (const options of [{}, { mixup: 0 }, { labelSmoothing: 0, mixProbability: 0.5 }]) {
      assert.deepEqual(taskEntry(classification(options)), {});
    }
    assert.deepEqual(taskEntry(classification(softened)), { task: { name: 'classification', ...softened } });
    assert.deepEqual(taskNamed({ name: 'classification', ...softened }).options, softened);
  });

  test('a run that is stopped in the middle goes on to the same bits, whose images are mixed', async () => {
    const task = classification(softened);
    const plain = await tinyRun(join(root, 'plain'));
    const whole = await tinyRun(join(root, 'whole'), { task });
    assert.notDeepEqual(whole.outcome.weights, plain.outcome.weights);
    const fitted = ({ result }: typeof plain): unknown => result.history.filter((e) => e.stage !== 'student').map((e) => e.terms);
    assert.ok(plain.result.history.some(({ stage }) => stage !== 'student'));
    assert.deepEqual(fitted(whole), fitted(plain), 'what is fitted to the teacher sees plain images');
    const stop = stopSignal();
    const folder = join(root, 'stopped');
    const listeners = [(event: { kind: string; step?: number }): void => void (event.step === 9 && stop.request('asked to'))];
    assert.equal((await tinyRun(folder, { task, stop, listeners })).complete, false);
    assert.deepEqual((await tinyRun(folder, { task, resume: true })).outcome, whole.outcome);
  });

  test('teacher and student see the same mixed images, and no tensor is left', async () => {
    const seen: number[][] = [];
    const watched = (name: string): ReturnType<typeof tinyNetwork> => {
      const network = tinyNetwork(name, random(1));
      const forward: typeof network.forward = (x, options) => {
        seen.push([...x.dataSync()]);
        return network.forward(x, options);
      };
      return { ...network, forward };
    };
    const [student, teacher] = [watched('a'), watched('b')];
    const before = tf.memory().numTensors;
    const data = { ...tinyData({ train: 8, validation: 0, test: 3 }) };
    const training = { epochs: 1, batch: 8, augment: false };
    const task = classification({ mixup: 1 });
    (await train({ student, teachers: [teacher], method: kdMethod(), data, training, task })).dispose();
    const [own, other] = seen;
    assert.deepEqual(own, other);
    const [first] = batches(data.train, { batch: 8, normalisation: data });
    assert.notDeepEqual(own?.slice().sort(), [...(first as Batch).images].sort(), 'not those of the set');
    assert.equal(tf.memory().numTensors, before);
  });

  test('what needs one label an image, and another task, refuse by name', async () => {
    const options = { data: tinyData(), training: { epochs: 1, batch: 8 }, task: classification({ mixup: 1 }) };
    await assert.rejects(train({ ...options, student: tinyNetwork('a', random(1)), method: tfKdReg() }), {
      message:
        'classification: expected one label an image, which the method needs, received mixup or cutmix; train without them',
    });
    assert.throws(
      () => taskNamed({ name: 'detection', mixup: 1 }),
      /^InputError: detection: expected options among .*, received "mixup"$/,
    );
  });

  const refusals: readonly (readonly [object, string])[] = [
    [
      { smoothing: 1 },
      'classification: expected options among labelSmoothing, mixup, cutmix, mixProbability, received "smoothing"',
    ],
    [{ labelSmoothing: 1.5 }, 'classification: labelSmoothing: expected a number in [0, 1], received 1.5'],
    [{ mixup: -1 }, 'classification: mixup: expected a number in [0, 1000], received -1'],
    [{ cutmix: 'much' }, 'classification: cutmix: expected a number in [0, 1000], received "much"'],
    [{ mixup: 1, mixProbability: 0 }, 'classification: mixProbability: expected a number in (0, 1], received 0'],
  ];
  for (const [options, message] of refusals) {
    test(message, () => assert.throws(() => classification(options), { name: 'InputError', message }));
  }
});
