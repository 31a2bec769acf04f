/** What the file of a detector says of its images, and what of it is refused. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Dataset } from 'iekd/dist/data/types';
import type { PriorSpec } from 'iekd/dist/detection/priors/priors';
import { dataNotes, dataNotesOf } from 'iekd/dist/experiments/run/dataNotes';

const data = { classNames: ['a', 'b'], mean: [0.1, 0.2, 0.3], std: [1, 2, 3] } as unknown as Dataset;
const priors = {} as PriorSpec;

describe('notes on data', () => {
  test('of a detector are read as they were written', () => {
    assert.deepEqual(dataNotesOf('w', { notes: dataNotes({ priors }, data) }), {
      classNames: ['a', 'b'],
      normalisation: { mean: [0.1, 0.2, 0.3], std: [1, 2, 3] },
    });
  });
  test('of a classifier there are none: its file is what it was', () => assert.deepEqual(dataNotes({}, data), {}));
  test('a file without them has ImageNet’s normalisation, and no names', () => {
    const { classNames, normalisation } = dataNotesOf('w', { notes: {} });
    assert.deepEqual([classNames, normalisation.mean], [undefined, [0.485, 0.456, 0.406]]);
  });
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['{"classNames":["a"],"mean":[0],"std":["x"]}', /^w: data: std\b.*expected .*number.*, received "x"/],
    ['{"classNames":[1],"mean":[0],"std":[1]}', /^w: data: classNames\b.*expected a text, received 1/],
    ['{', /^w: data: /],
  ];
  for (const [text, message] of wrong) {
    test(`refuses ${text}`, () =>
      assert.throws(() => dataNotesOf('w', { notes: { data: text } }), { name: 'InputError', message }));
  }
});
