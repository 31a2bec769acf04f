/**
 * Formulas of detection against torchvision's in float64 (test/golden/detection_reference.py, which says where the two differ on
 * purpose). Boxes to 1e-6 of the image, offsets (float32 here) to 1e-5, losses and gradients to 1e-5 of the largest; indices exactly.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { boxAt, boxCount, ious, selectBoxes, toCentres } from 'iekd/dist/detection/boxes';
import { decodeBoxes, encodeBox } from 'iekd/dist/detection/coding';
import { decodeDetections } from 'iekd/dist/detection/decoding';
import { hardNegatives } from 'iekd/dist/detection/hardNegatives';
import { matchPriors } from 'iekd/dist/detection/matching';
import { multiboxLoss } from 'iekd/dist/detection/multiboxLoss';
import { suppress } from 'iekd/dist/detection/nonMaximumSuppression';
import { priorsFor } from 'iekd/dist/detection/priors/priorChoice';
import { type PriorMap, priorBoxes } from 'iekd/dist/detection/priors/priors';
import { priorTable, priorTargets } from 'iekd/dist/detection/priorTargets';
import { tf } from 'iekd/dist/engine/tf';
import { channelNorm } from 'iekd/dist/models/layers/channelNorm';
import { createVariables } from 'iekd/dist/models/layers/variablePlan';
import { random } from 'iekd/dist/util/rng';
import { permuteAxes } from 'iekd/dist/weights/torchState';
import { hashedBoxes, hashedNumbers } from '../fixtures/hashedNumbers';
import { assertClose } from './close';

interface Golden {
  readonly priors: readonly {
    readonly name: 'ssd300' | 'ssd300-coco';
    readonly count: number;
    readonly sums: readonly number[];
    /** Every 97th. */
    readonly rows: readonly (readonly number[])[];
  }[];
  readonly coding: { readonly encoded: readonly number[]; readonly decoded: readonly number[] };
  readonly overlaps: readonly number[];
  readonly suppression: readonly {
    readonly threshold: number;
    readonly all: readonly number[];
    readonly byClass: readonly number[];
  }[];
  readonly loss: {
    readonly matched: readonly (readonly number[])[];
    readonly values: readonly number[];
    readonly counted: readonly number[];
    readonly gradients: { readonly logits: readonly number[]; readonly offsets: readonly number[] };
  };
  readonly decoding: {
    readonly boxes: readonly number[];
    readonly scores: readonly number[];
    readonly classes: readonly number[];
  };
  readonly norm: { readonly y: readonly number[]; readonly x: readonly number[]; readonly scale: readonly number[] };
}

const golden = JSON.parse(readFileSync(join(__dirname, '..', 'golden', 'detection.json'), 'utf8')) as Golden;

before(() => tf.setBackend('cpu'));

describe('priors of SSD300', () => {
  for (const { name, count, sums, rows } of golden.priors) {
    test(name, () => {
      const boxes = priorBoxes(priorsFor('here', name, 300, 300));
      assert.equal(boxCount(boxes), count);
      const own = Array.from({ length: count }, (_, i) => boxAt(boxes, i));
      const sum = (k: number): number => own.reduce((total, box) => total + (box[k] as number), 0);
      assertClose([0, 1, 2, 3].map(sum), sums, 1e-4, 'sum'); // torchvision's widths are float32
      assertClose(own.filter((_, i) => i % 97 === 0).flat(), rows.flat(), 1e-6, 'row');
    });
  }
});

describe('offsets', () => {
  const priors = toCentres(hashedBoxes('coded priors', 24));

  test('encoded', () => {
    const [boxes, offsets] = [hashedBoxes('coded', 24), new Float32Array(96)];
    for (let i = 0; i < 24; i++) encodeBox(boxes, i, priors, i, offsets);
    assertClose(offsets, golden.coding.encoded, 1e-5);
  });

  test('decoded, and no larger than 62.5 times the prior', () => {
    const offsets = Float32Array.from(hashedNumbers('offsets', 96, -3, 3));
    [offsets[5 * 4 + 2], offsets[6 * 4 + 3]] = [40, 60];
    assertClose(decodeBoxes(offsets, priors), golden.coding.decoded, 1e-6);
  });
});

test('intersection over union of every pair', () => {
  assertClose(ious(hashedBoxes('one', 9), hashedBoxes('other', 11)), golden.overlaps, 1e-6);
});

describe('suppression', () => {
  const boxes = hashedBoxes('suppressed', 80);
  const scores = hashedNumbers('suppressed scores', 80);
  const classes = hashedNumbers('suppressed classes', 80).map((value) => Math.floor(3 * value));
  const order = [...scores.keys()].sort((a, b) => (scores[b] as number) - (scores[a] as number));
  const kept = (among: readonly number[], threshold: number): number[] =>
    suppress(selectBoxes(boxes, among), threshold).map((i) => among[i] as number);

  for (const { threshold, all, byClass } of golden.suppression) {
    test(`threshold ${threshold}: of all boxes, and class by class`, () => {
      assert.deepEqual(kept(order, threshold), all);
      const own = [0, 1, 2].flatMap((c) =>
        kept(
          order.filter((i) => classes[i] === c),
          threshold,
        ),
      );
      const ranked = own.sort((a, b) => order.indexOf(a) - order.indexOf(b));
      assert.deepEqual(ranked, byClass);
      assert.notDeepEqual(all, byClass);
    });
  }
});

describe('matching and loss of two images', () => {
  const shapes: PriorMap['shapes'] = [
    [0.2, 0.2],
    [0.3, 0.15],
    [0.15, 0.3],
  ];
  const priors = priorTable(priorBoxes({ maps: [{ rows: 6, columns: 6, step: [1 / 6, 1 / 6], shapes }] }));
  const count = boxCount(priors.centres);
  const scenes = (
    [
      ['first', 4],
      ['second', 2],
    ] as const
  ).map(([name, objects]) => ({
    boxes: hashedBoxes(name, objects, { side: [0.12, 0.3] }),
    classes: hashedNumbers(`${name} classes`, objects).map((value) => Math.floor(3 * value)),
  }));
  const targets = scenes.map(({ boxes, classes }) => priorTargets(boxes, classes, priors));
  const labels = Int32Array.from(targets.flatMap((one) => [...one.labels]));

  test('objects without a prior that two of them overlap most', () => {
    const matched = scenes.map(({ boxes }) => [...matchPriors(boxes, priors.corners)]);
    assert.deepEqual(matched, golden.loss.matched);
  });

  test('values, priors that count, gradients', () => {
    tf.tidy(() => {
      const logits = tf.tensor3d(Float32Array.from(hashedNumbers('logits', 2 * count * 4, -2, 2)), [2, count, 4]);
      const offsets = tf.tensor3d(Float32Array.from(hashedNumbers('predicted', 2 * count * 4, -2, 2)), [2, count, 4]);
      const target = {
        labels: tf.tensor2d(labels, [2, count], 'int32'),
        offsets: tf.tensor3d(
          targets.flatMap((one) => [...one.offsets]),
          [2, count, 4],
        ),
      };
      const loss = (...[l, o]: tf.Tensor[]): tf.Scalar => {
        const { confidence, localisation } = multiboxLoss({ logits: l as tf.Tensor3D, offsets: o as tf.Tensor3D }, target);
        const found = [confidence, localisation].map((part) => part.dataSync()[0] as number);
        assertClose(found, golden.loss.values, 1e-5 * Math.max(...golden.loss.values), 'loss');
        return tf.add(confidence, localisation);
      };
      const [byLogits, byOffsets] = tf.grads(loss)([logits, offsets]);
      for (const [name, gradient] of [['logits', byLogits] as const, ['offsets', byOffsets] as const]) {
        const expected = golden.loss.gradients[name];
        assertClose(
          (gradient as tf.Tensor).dataSync(),
          expected,
          1e-5 * Math.max(...expected.map(Math.abs)),
          `gradient of ${name}`,
        );
      }
      const background = tf.neg(tf.slice(tf.logSoftmax(logits), [0, 0, 0], [-1, -1, 1])).dataSync<'float32'>();
      const counts = hardNegatives(labels, background, count);
      const counted = [counts.subarray(0, count), counts.subarray(count)].map((part) => part.reduce((a, b) => a + b, 0));
      assert.deepEqual(counted, golden.loss.counted);
    });
  });
});

test('detections of 600 priors and four classes: scores, classes, boxes', () => {
  const sides = { centre: [0.15, 0.85], side: [0.02, 0.12] } as const;
  const logits = hashedNumbers('decoded logits', 600 * 5, -2, 2).map((value, i) => (i % 5 === 1 ? value + 1.5 : value));
  const offsets = Float32Array.from(hashedNumbers('decoded offsets', 600 * 4, -1, 1));
  const found = decodeDetections(Float32Array.from(logits), offsets, toCentres(hashedBoxes('decoded priors', 600, sides)));
  assert.deepEqual([...found.classes], golden.decoding.classes);
  assertClose(found.scores, golden.decoding.scores, 1e-6, 'score');
  assertClose(found.boxes, golden.decoding.boxes, 1e-6, 'box');
});

test('the norm over channels of a map, its scale from 20: values and gradients', () => {
  const last = (name: string, bound: number): tf.Tensor4D => {
    const data = Float32Array.from(hashedNumbers(name, 144, -bound, bound));
    return tf.tensor4d(permuteAxes({ shape: [2, 6, 3, 4], data }, [0, 2, 3, 1]).data, [2, 3, 4, 6]);
  };
  const layer = channelNorm('norm', 20)([3, 4, 6]);
  const variables = createVariables(layer.variables, random(0));
  tf.tidy(() => {
    const [x, probe] = [last('map', 3), last('norm probe', 1)];
    const scale = variables.get('norm.weight');
    const run = (map: tf.Tensor4D): tf.Tensor => layer.run(map, { variables, training: true, random: undefined });
    assertClose(run(x).dataSync(), golden.norm.y, 2e-5, 'value');
    const [byMap] = tf.grads((map) => tf.sum(tf.mul(run(map as tf.Tensor4D), probe)))([x]);
    assertClose((byMap as tf.Tensor).dataSync(), golden.norm.x, 2e-5, 'gradient of the map');
    const { grads } = tf.variableGrads(() => tf.sum(tf.mul(run(x), probe)), [scale]);
    assertClose((grads[scale.name] as tf.Tensor).dataSync(), golden.norm.scale, 1e-5, 'gradient of the scale');
  });
  variables.dispose();
});
