/** Targets at priors: labels of matched ones, their offsets, nothing elsewhere. Worked out by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boxRows } from 'iekd/dist/detection/boxes';
import { decodeBoxes } from 'iekd/dist/detection/coding';
import { priorTable, priorTargets } from 'iekd/dist/detection/priorTargets';
import { assertClose } from './close';

// The four quarters of the image, and its middle.
const priors = priorTable(
  boxRows([
    [0.25, 0.25, 0.5, 0.5],
    [0.75, 0.25, 0.5, 0.5],
    [0.25, 0.75, 0.5, 0.5],
    [0.75, 0.75, 0.5, 0.5],
    [0.5, 0.5, 0.5, 0.5],
  ]),
);
const objects = boxRows([
  [0.2, 0.2, 0.7, 0.7],
  [0.3, 0.3, 0.85, 0.85],
  [0, 0, 0.1, 0.1],
]);

test('each object has its prior, its class and its offsets', () => {
  const { labels, offsets } = priorTargets(objects, [4, 0, 2], priors);
  assert.deepEqual([...labels], [3, 0, 0, 1, 5]); // class + 1
  const decoded = decodeBoxes(offsets, priors.centres);
  for (const [prior, object] of [
    [4, 0],
    [3, 1],
    [0, 2],
  ] as const) {
    assertClose(decoded.slice(4 * prior, 4 * prior + 4), objects.slice(4 * object, 4 * object + 4), 1e-6, `prior ${prior}`);
  }
  assert.deepEqual([...offsets.slice(4, 12)], new Array(8).fill(0));
});

test('a lower threshold, other variances', () => {
  const { labels } = priorTargets(objects, [4, 0, 2], priors, { threshold: 0.1 });
  // The right upper and left lower quarters: 0.06 of 0.44 shared with the first object, 0.07 of 0.4825 with the second
  assert.deepEqual([...labels], [3, 1, 1, 1, 5]);
  const { offsets } = priorTargets(boxRows([[0, 0, 0.5, 1]]), [0], priors, { threshold: 2, variances: [1, 1] });
  assertClose(offsets.slice(0, 4), [0, 0.5, 0, Math.log(2)], 1e-6);
});

test('no objects: background everywhere', () => {
  const { labels, offsets } = priorTargets(boxRows([]), [], priors);
  assert.ok(labels.every((label) => label === 0) && offsets.every((value) => value === 0));
});
