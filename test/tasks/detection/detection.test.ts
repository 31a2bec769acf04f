/** The task of finding objects: its targets, terms, soft outputs and meter, and what it refuses. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Batch, Dataset } from 'iekd/dist/data/types';
import { boxRows } from 'iekd/dist/detection/boxes';
import type { Objects } from 'iekd/dist/detection/detections';
import { multiboxLoss } from 'iekd/dist/detection/multiboxLoss';
import { smallPriors } from 'iekd/dist/detection/priors/priorSets';
import { priorBoxes } from 'iekd/dist/detection/priors/priors';
import { priorTable, priorTargets } from 'iekd/dist/detection/priorTargets';
import { tf } from 'iekd/dist/engine/tf';
import { buildNetwork } from 'iekd/dist/models/index';
import type { ForwardResult, Network } from 'iekd/dist/models/types';
import { detection } from 'iekd/dist/tasks/detection/detection';
import { DEFAULT_TASK, metricText, taskEntry, taskNamed } from 'iekd/dist/tasks/index';
import { random } from 'iekd/dist/util/rng';
import { assertClose } from '../../detection/close';
import { cellData } from '../../fixtures/cells';
import { tinyData } from '../../fixtures/tinyNetworks';

before(() => tf.setBackend('cpu'));

const SIDE = 32;
const priors = priorTable(priorBoxes(smallPriors(SIDE, SIDE)));
const PRIORS = priors.centres.length / 4;

const objectsOf = (rows: readonly (readonly number[])[], marks: Partial<Objects> = {}): Objects => ({
  boxes: boxRows(rows),
  classes: Int32Array.from(rows, (_, i) => i % 3),
  ...marks,
});
const batchOf = (...objects: readonly Objects[]): Batch => ({
  images: new Float32Array(objects.length * SIDE * SIDE * 3),
  labels: new Int32Array(objects.length),
  objects,
  size: objects.length,
  shape: [objects.length, SIDE, SIDE, 3],
});
const first = objectsOf([
  [0.1, 0.1, 0.35, 0.42],
  [0.5, 0.5, 0.9, 0.9],
]);
const second = objectsOf([[0.3, 0.4, 0.5, 0.6]]);

/** What a network would say that knows the objects of a batch: sure by `logit`, off by nothing. */
function knowing({ objects = [] }: Batch, logit: number): ForwardResult {
  const targets = objects.map(({ boxes, classes }) => priorTargets(boxes, classes, priors));
  const labels = tf.tensor2d(
    targets.flatMap((one) => [...one.labels]),
    [objects.length, PRIORS],
    'int32',
  );
  const logits = tf.reshape(tf.mul(logit, tf.oneHot(labels, 4)), [objects.length, -1]) as tf.Tensor2D;
  const offsets = tf.tensor3d(
    targets.flatMap((one) => [...one.offsets]),
    [objects.length, PRIORS, 4],
  );
  labels.dispose();
  return { logits, offsets, features: {} };
}

describe('targets', () => {
  const targetsOf = (batch: Batch, options = {}): { labels: Int32Array; offsets: Float32Array } =>
    tf.tidy(() => {
      const [labels, offsets] = detection(options).targets(batch) as [tf.Tensor, tf.Tensor];
      assert.deepEqual([labels.shape, offsets.shape, labels.dtype], [[batch.size, PRIORS], [batch.size, PRIORS, 4], 'int32']);
      return { labels: labels.dataSync<'int32'>(), offsets: offsets.dataSync<'float32'>() };
    });

  test('those of each image at its priors', () => {
    const { labels, offsets } = targetsOf(batchOf(first, second));
    const expected = [first, second].map(({ boxes, classes }) => priorTargets(boxes, classes, priors));
    assert.deepEqual(
      [...labels],
      expected.flatMap((one) => [...one.labels]),
    );
    assert.deepEqual(
      [...offsets],
      expected.flatMap((one) => [...one.offsets]),
    );
  });

  const found = (marks: Partial<Objects>, options = {}): number[] => {
    const { labels } = targetsOf(batchOf({ ...first, ...marks }), options);
    return [...new Set(labels)].sort();
  };
  const cases: readonly (readonly [string, Partial<Objects>, object, readonly number[]])[] = [
    ['all objects', {}, {}, [0, 1, 2]],
    ['difficult ones, too', { difficult: Uint8Array.of(1, 0) }, {}, [0, 1, 2]],
    ['unless they are not wanted', { difficult: Uint8Array.of(1, 0) }, { difficult: false }, [0, 2]],
    ['no crowds', { crowd: Uint8Array.of(0, 1) }, {}, [0, 1]],
  ];
  for (const [name, marks, options, expected] of cases) test(name, () => assert.deepEqual(found(marks, options), expected));
});

test('its terms are the two losses, at weight 1', () => {
  const batch = batchOf(first, second);
  const task = detection({ ratio: 2 });
  tf.tidy(() => {
    const output = knowing(batch, 3);
    const targets = task.targets(batch);
    const terms = task.terms(output, targets);
    assert.deepEqual(
      terms.map(({ name, weight, role }) => [name, weight, role]),
      [
        ['confidence', 1, 'task'],
        ['localisation', 1, 'task'],
      ],
    );
    const logits = tf.reshape(output.logits, [2, PRIORS, 4]) as tf.Tensor3D;
    const [labels, offsets] = targets as [tf.Tensor2D, tf.Tensor3D];
    const loss = multiboxLoss({ logits, offsets: output.offsets ?? assert.fail() }, { labels, offsets }, { ratio: 2 });
    assert.deepEqual(
      terms.map(({ value }) => value.dataSync()[0]),
      [loss.confidence.dataSync()[0], 0],
    );
    // Three priors count for each positive, all as sure as each other.
    assertClose([loss.confidence.dataSync()[0] as number], [3 * Math.log(1 + 3 * Math.exp(-3))], 1e-5);
  });
});

describe('soft outputs', () => {
  test('the divergence of class probabilities, mean over all priors', () => {
    tf.tidy(() => {
      const [a, b] = [knowing(batchOf(first), 3), knowing(batchOf(first), 1)];
      const { soft } = detection();
      assertClose([soft?.divergence(a, a, 4).dataSync()[0] as number], [0], 1e-7);
      // All rows are alike but for which class is the sure one: p = softmax(1/2), q = softmax(3/2) of one and three classes.
      const share = (logit: number): number => Math.exp(logit / 2) / (Math.exp(logit / 2) + 3);
      const [p, q] = [share(1), share(3)];
      const expected = p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q));
      assertClose([soft?.divergence(a, b, 2).dataSync()[0] as number], [expected], 1e-6);
    });
  });

  test('what tells whole images apart is refused by name', () => {
    const output = { logits: tf.zeros([1, 4]) as tf.Tensor2D, features: {} };
    const message = 'detection: expected the output of a network with priors, received logits alone';
    assert.throws(() => detection().soft?.divergence(output, output, 1), { name: 'InputError', message });
    output.logits.dispose();
  });
});

describe('the meter', () => {
  const network = { classes: 3 } as Network;
  const measure = (batches: readonly Batch[], logit: number, options = {}): ReturnType<ReturnType<typeof meterOf>['result']> => {
    const meter = meterOf(options);
    for (const batch of batches) tf.tidy(() => meter.add(knowing(batch, logit), batch));
    return meter.result();
  };
  const meterOf = (options = {}): ReturnType<ReturnType<typeof detection>['meter']> => detection(options).meter('test', network);

  test('who knows all objects has 1 of everything, and who guesses has not', () => {
    const { metrics, loss } = measure([batchOf(first, second)], 20);
    assertClose(Object.values(metrics), [1, 1, 1, 1], 1e-9);
    assertClose([loss], [0], 1e-6);
    assert.deepEqual(Object.keys(metrics), Object.keys(detection().metrics));
    assert.ok((measure([batchOf(first, second)], -5).metrics['map'] as number) < 0.2);
  });

  test('the loss does not depend on how images are put into batches', () => {
    const [one, two] = [measure([batchOf(first, second)], 2).loss, measure([batchOf(first), batchOf(second)], 2).loss];
    assertClose([one], [two], 1e-6);
    assert.ok(one > 0.5);
  });

  test('of classes without objects there is no precision', () => {
    const { metrics } = measure([batchOf(objectsOf([]))], 20);
    assert.deepEqual(Object.values(metrics), [Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
  });

  test('an output that is not finite is named with its image', () => {
    const meter = meterOf();
    tf.tidy(() => meter.add(knowing(batchOf(first), 1), batchOf(first)));
    const message = 'decodeDetections: prior 0: expected finite logits, received NaN; it is image 1 of test';
    assert.throws(() => tf.tidy(() => meter.add(knowing(batchOf(first), Number.NaN), batchOf(first))), {
      name: 'InputError',
      message,
    });
  });
});

test('runs hold its description, which makes it again', () => {
  const task = detection({ minNegatives: 10, rule: 'area' });
  const { task: spec } = taskEntry(task);
  assert.deepEqual(taskNamed(spec ?? assert.fail()).options, task.options);
  assert.deepEqual(JSON.parse(JSON.stringify(spec)), spec);
  assert.equal(metricText('map', 0.7161), '71.61 %');
});

describe('refused', () => {
  const task = detection();
  const build = (name: string, options = {}): Network =>
    buildNetwork({ name, input: [SIDE, SIDE, 3], classes: 3, ...options }, random(1));
  const check = (network: Network, data: Dataset = cellData(1)): void => {
    try {
      task.checkData('train', network, data);
    } finally {
      network.dispose();
    }
  };
  const shapes = { 4: [[0.1, 0.1]], 8: [[0.2, 0.2]], 16: [[0.4, 0.4]] };
  const cells = cellData(2);
  const wrong = { ...cells, classNames: ['RBC'] };
  const empty = { ...cells, test: { ...cells.test, objects: [objectsOf([]), objectsOf([])] } };
  const cases: readonly (readonly [() => unknown, string])[] = [
    [
      () => detection({ priors: 3 as never }),
      'detection: priors: expected lists of [width, height] for the strides 4, 8 and 16, received 3',
    ],
    [() => detection({ rule: 'mean' as never }), 'detection: rule: expected one of eleven-point, area, received "mean"'],
    [
      () => detection({ nms: 1 } as never),
      'detection: expected options among priors, overlap, difficult, ratio, minNegatives, scaleDistances, rule, received "nms"',
    ],
    [() => check(build('resnet8')), 'train: expected a network with priors, as ssd-resnet8, received resnet8'],
    [
      () => check(build('ssd-resnet8', { width: 1, classes: 2 })),
      'train: expected 3 classes, as cells has, received a network of 2',
    ],
    [
      () => check(build('ssd-resnet8', { width: 1, priors: shapes })),
      'train: expected the priors of the task, received ssd-resnet8 with others; give both the same option priors',
    ],
    [
      () => task.checkTargets?.('train: tiny', tinyData()),
      'train: tiny: train: expected images with objects, received images with labels; detectionDataset makes them',
    ],
    [() => task.checkTargets?.('train: cells', wrong), 'train: cells: train: image 0: expected classes from 0 to 0, received 1'],
    [() => task.checkTargets?.('train: cells', empty), 'train: cells: test: expected images with objects, received no object'],
    [
      () => DEFAULT_TASK.targets && task.targets({ ...batchOf(first), objects: undefined } as unknown as Batch),
      'detection: expected images with objects, received images with labels; detectionDataset makes them',
    ],
  ];
  for (const [f, message] of cases) test(message, () => assert.throws(f, { name: 'InputError', message }));
});
