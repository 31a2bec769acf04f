/** Suppression, selection and decoding. Values worked out by hand; suppression and selection also against their slow definitions. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { boxCount, boxRows, iou } from 'iekd/dist/detection/boxes';
import { decodeDetections } from 'iekd/dist/detection/decoding';
import { suppress } from 'iekd/dist/detection/nonMaximumSuppression';
import { ssd300Priors } from 'iekd/dist/detection/priors/priorSets';
import { priorBoxes } from 'iekd/dist/detection/priors/priors';
import { topIndices } from 'iekd/dist/detection/topScores';
import { random } from 'iekd/dist/util/rng';
import { assertClose } from './close';

// By falling score 0.95, 0.9, 0.8, 0.7, 0.6; the overlaps are 0.680672 of 0 and 4, 0.818182 of 1 and 2, 0.5 of 1 and 3.
const crowd = boxRows([
  [21, 21, 31, 31],
  [0, 0, 10, 10],
  [1, 0, 11, 10],
  [0, 0, 10, 5],
  [20, 20, 30, 30],
]);

describe('suppress', () => {
  const cases: readonly (readonly [threshold: number, kept: readonly number[]])[] = [
    [0.45, [0, 1]],
    [0.5, [0, 1, 3]], // an overlap of the threshold itself stays
    [0.7, [0, 1, 3, 4]],
    [1, [0, 1, 2, 3, 4]],
    [0, [0, 1]],
  ];
  for (const [threshold, kept] of cases) {
    test(`threshold ${threshold}: ${kept}`, () => assert.deepEqual(suppress(crowd, threshold), kept));
  }

  test('what stays overlaps no other too much, and what goes overlaps one before it', () => {
    const stream = random(1).stream('boxes');
    const boxes = boxRows(
      Array.from({ length: 300 }, () => {
        const [x, y] = [stream.uniform(), stream.uniform()];
        return [x, y, x + 0.4 * stream.uniform(), y + 0.4 * stream.uniform()];
      }),
    );
    const kept = suppress(boxes, 0.45);
    const overlapping = (i: number): boolean => kept.some((k) => k < i && iou(boxes, i, boxes, k) > 0.45);
    for (let i = 0; i < boxCount(boxes); i++) assert.equal(overlapping(i), !kept.includes(i), `box ${i}`);
    assert.ok(kept.length > 20 && kept.length < 280, String(kept.length));
  });
});

describe('topIndices', () => {
  const cases: readonly (readonly [string, readonly number[], number, readonly number[]])[] = [
    ['fewer than wanted', [1, 3, 2], 5, [1, 2, 0]],
    ['of equal values the first', [5, 7, 5, 7, 5], 3, [1, 3, 0]],
    ['all equal', [2, 2, 2], 2, [0, 1]],
    ['none', [], 3, []],
    ['none wanted', [1, 2], 0, []],
  ];
  for (const [name, list, most, expected] of cases) {
    test(name, () => assert.deepEqual([...topIndices(Float64Array.from(list), most)], expected));
  }

  test('as a stable sort has them, for lists with many equal values', () => {
    const stream = random(2).stream('values');
    for (let n = 1; n <= 60; n++) {
      const list = Float64Array.from({ length: n }, () => stream.below(12));
      const sorted = [...list.keys()].sort((a, b) => (list[b] as number) - (list[a] as number));
      for (const most of [1, n >> 1, n - 1, n]) assert.deepEqual([...topIndices(list, most)], sorted.slice(0, most));
    }
  });
});

const priors = boxRows([
  [0.25, 0.5, 0.5, 1],
  [0.3, 0.5, 0.5, 1],
  [0.75, 0.5, 0.5, 1],
]);
/** Logits of probabilities: background, class 0, class 1. */
const logs = (...rows: readonly (readonly number[])[]): Float32Array => Float32Array.from(rows.flat(), Math.log);

describe('decodeDetections', () => {
  const rows = logs([0.1, 0.6, 0.3], [0.1, 0.7, 0.2], [0.985, 0.009, 0.006]);
  const still = new Float32Array(12);

  test('class by class: a box suppresses those of its own class only', () => {
    const { boxes, classes, scores } = decodeDetections(rows, still, priors);
    assert.deepEqual([...classes], [0, 1]); // priors 0 and 1 overlap by 0.818
    assertClose(scores, [0.7, 0.3], 1e-6);
    assertClose(boxes, [0.05, 0, 0.55, 1, 0, 0, 0.5, 1], 1e-6);
  });

  test('a lower threshold finds more, a higher one less', () => {
    assert.equal(decodeDetections(rows, still, priors, { score: 0.005 }).scores.length, 4);
    assert.equal(decodeDetections(rows, still, priors, { score: 0.65 }).scores.length, 1);
    assert.equal(decodeDetections(rows, still, priors, { score: 0.9 }).scores.length, 0);
  });

  test('at most so many, the best of all classes', () => {
    const { classes, scores } = decodeDetections(rows, still, priors, { overlap: 1, most: 3 });
    assert.deepEqual([...classes], [0, 0, 1]);
    assertClose(scores, [0.7, 0.6, 0.3], 1e-6);
  });

  test('only the best candidates of a class go into suppression', () => {
    assertClose(decodeDetections(rows, still, priors, { overlap: 1, candidates: 1 }).scores, [0.7, 0.3], 1e-6);
  });

  test('where the best scores lie on one object, others are looked for further down', () => {
    const count = 60;
    const many = boxRows(Array.from({ length: count }, (_, j) => [j < count - 1 ? 0.2 : 0.8, 0.5, 0.2, 0.2]));
    const low = logs(...Array.from({ length: count }, (_, j) => [0.2, 0.5 - j / 1000, 0.3 + j / 1000]));
    const one = decodeDetections(
      low.filter((_, i) => i % 3 < 2),
      new Float32Array(4 * count),
      many,
      { most: 2, candidates: count },
    );
    assertClose(one.boxes, [0.1, 0.4, 0.3, 0.6, 0.7, 0.4, 0.9, 0.6], 1e-6);
    const { scores } = decodeDetections(
      low.filter((_, i) => i % 3 < 2),
      new Float32Array(4 * count),
      many,
      { most: 2, candidates: 59 },
    );
    assert.equal(scores.length, 1, 'the last candidate is one too many');
  });

  test('offsets move the boxes', () => {
    const offsets = Float32Array.of(2, 0, Math.log(0.5) / 0.2, 0, ...new Float32Array(8));
    const { boxes } = decodeDetections(logs([0.1, 0.8, 0.1], [1, 0, 0], [1, 0, 0]), offsets, priors, { score: 0.5 });
    assertClose(boxes, [0.225, 0, 0.475, 1], 1e-6); // centre 0.25 + 2 · 0.1 · 0.5, width 0.25
  });

  test('logits that are not finite are refused', () => {
    const broken = logs([0.1, 0.6, 0.3], [0.1, 0.7, 0.2], [0.98, 0.01, 0.01]);
    broken[4] = Number.NaN;
    const message = 'decodeDetections: prior 1: expected finite logits, received NaN';
    assert.throws(() => decodeDetections(broken, still, priors), { name: 'InputError', message });
  });

  const wrong: readonly (readonly [number, number])[] = [
    [10, 12],
    [9, 8],
    [3, 12],
  ];
  for (const [some, others] of wrong) {
    const message = `decodeDetections: expected logits and four offsets for each of 3 priors, received ${some} logits and ${others} offsets`;
    test(message, () => {
      const decode = (): unknown => decodeDetections(new Float32Array(some), new Float32Array(others), priors);
      assert.throws(decode, { name: 'InputError', message });
    });
  }

  // Time of the processor, the least of several. Where nothing else runs it is a third of these bounds (`iekd bench --work decoding`); a slow
  // machine that is busy takes longer.
  const loads: readonly (readonly [string, number, number, number])[] = [
    ['every class at every prior', 0, 1, 25],
    ['mostly background', 9, 2, 10],
  ];
  for (const [name, background, spread, most] of loads) {
    test(`8,732 priors of 21 classes in less than ${most} ms: ${name}`, () => {
      const stream = random(4).stream('load');
      const all = priorBoxes(ssd300Priors());
      const logits = Float32Array.from(
        { length: 8732 * 21 },
        (_, i) => spread * stream.normal() + (i % 21 === 0 ? background : 0),
      );
      const offsets = Float32Array.from({ length: 8732 * 4 }, () => stream.normal());
      const times = Array.from({ length: 12 }, () => {
        const { user, system } = process.cpuUsage();
        assert.equal(decodeDetections(logits, offsets, all).scores.length, 200);
        const after = process.cpuUsage();
        return (after.user + after.system - user - system) / 1000;
      });
      const least = Math.min(...times);
      assert.ok(least < most, `${least} ms of ${times.join(', ')}`);
    });
  }
});
