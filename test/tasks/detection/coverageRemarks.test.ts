/** What is said of priors before training: how many boxes of each class one of them fits, and which class none does. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Dataset, ObjectSource } from 'iekd/dist/data/types';
import { boxRows } from 'iekd/dist/detection/boxes';
import { smallPriors } from 'iekd/dist/detection/priors/priorSets';
import type { Network } from 'iekd/dist/models/types';
import { coverageRemarks } from 'iekd/dist/tasks/detection/coverageRemarks';

const priors = smallPriors(64, 64, { 4: [[0.1, 0.1]], 8: [[0.2, 0.2]], 16: [[0.4, 0.4]] });
const network = { priors } as Pick<Network, 'priors'> as Network;

function data(rows: readonly (readonly number[])[], classes: readonly number[], more: object = {}): Dataset {
  const objects = [{ boxes: boxRows(rows.map((row) => [...row])), classes: Int32Array.from(classes) }];
  const train = { readObjects: () => assert.fail(), objects, unitObjects: objects, ...more } as unknown as ObjectSource;
  return { train, classNames: ['fits', 'large', 'absent'] } as unknown as Dataset;
}

/** Exactly on the prior of the cell in the middle of the 4×4 map, and the whole image, of which 0.16 is covered at most. */
const [fitting, whole] = [
  [0.175, 0.175, 0.575, 0.575],
  [0, 0, 1, 1],
];

describe('remarks on priors', () => {
  test('a sentence on all classes, and one for each that no prior reaches', () => {
    assert.deepEqual(coverageRemarks(network, data([fitting, whole] as number[][], [0, 1]), 0.5), [
      'Boxes with a prior that overlaps them by 0.5 or more, of at most 400 a class: fits 100 % (mean 1.00), large 0 % (mean 0.16).',
      'No prior overlaps a box of large so much: it will hardly be learned. Give network and task priors of its size.',
      'Without a box to learn from: absent.',
    ]);
  });

  test('the overlap is the task’s', () => {
    const [said, ...others] = coverageRemarks(network, data([whole] as number[][], [1]), 0.1);
    assert.match(said ?? '', /by 0\.1 or more, .*: large 100 % \(mean 0\.16\)\.$/);
    assert.deepEqual(others, ['Without a box to learn from: fits, absent.']);
  });

  test('of more than 400 boxes of a class so many are looked at, evenly', () => {
    const many = Array.from({ length: 1000 }, (_, i) => (i < 500 ? fitting : whole)) as number[][];
    const [said] = coverageRemarks(network, data(many, Array(1000).fill(0)), 0.5);
    assert.match(said ?? '', /: fits 50 % \(mean 0\.58\)\.$/);
  });

  const silent: readonly (readonly [string, Network, Dataset])[] = [
    ['pictures of unknown sizes', network, data([whole] as number[][], [1], { unitObjects: undefined })],
    ['no boxes at all', network, data([], [])],
    ['a network without priors', {} as Network, data([whole] as number[][], [1])],
  ];
  for (const [name, of, from] of silent) test(`nothing of ${name}`, () => assert.deepEqual(coverageRemarks(of, from, 0.5), []));
});
