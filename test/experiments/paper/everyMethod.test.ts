/** The table of all methods: that it has each once, with as many epochs and teachers as it needs. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { budgetNamed, describeMethods, type RunPlan, rowNamed } from 'iekd';
import { everyMethod, moreMethods } from 'iekd/dist/experiments/paper/everyMethod';
import { teachersOf } from 'iekd/dist/experiments/runPlan';

const rows = everyMethod.rows(budgetNamed('short'));
const plan = (label: string): RunPlan => rowNamed(rows, label).plan;

describe('every method', () => {
  test('once, by its name, in one of the two tables', () => {
    const [own, more] = [rows, moreMethods.rows(budgetNamed('short'))].map((all) =>
      all.flatMap(({ label, teacher }) => (teacher ? [] : [label])),
    ) as [string[], string[]];
    assert.equal(more[0], 'supervised');
    const names = [...own, ...more.slice(1)];
    assert.deepEqual(
      [...names].sort(),
      describeMethods()
        .map(({ name }) => name)
        .sort(),
    );
  });

  test('a first stage takes its epochs from the student', () =>
    assert.deepEqual(
      ['teacher', 'kd', 'ab', 'ie-fsp'].map((label) => plan(label).training.epochs),
      [5, 3, 2, 2],
    ));

  test('teachers are as many and of the kind that a method needs, each with a seed of its own', () => {
    const told = ['supervised', 'kd', 'tfkd-self', 'feed', 'dml'].map((label) =>
      teachersOf(plan(label)).map(({ student, seed, training }) => [student.name, seed, training.epochs]),
    );
    assert.deepEqual(told, [
      [],
      [['resnet20', 0, 5]],
      [['resnet8', 0, 5]],
      [
        ['resnet20', 0, 5],
        ['resnet20', 1, 5],
      ],
      [],
    ]);
    assert.deepEqual(plan('ie-dml').peers, [{ name: 'resnet20' }]);
  });

  test('a budget with images of its own is smaller still', () => {
    const { dataset, training } = rowNamed(everyMethod.rows(budgetNamed('smoke')), 'kd').plan;
    assert.deepEqual([dataset.train, training.batch, training.epochs], [20, 10, 2]);
  });
});
