/** The leaderboard: each method that one teacher or none is enough for stands in it once, on equal terms. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { budgetNamed, describeMethods } from 'iekd';
import { plannedRows } from 'iekd/dist/experiments/experiment';
import { leaderboard } from 'iekd/dist/experiments/paper/leaderboard';
import { PUBLISHED_PAIRS } from 'iekd/dist/experiments/paper/publishedAccuracies';

const rows = leaderboard.rows(budgetNamed('short'));
const measured = plannedRows(rows).filter(({ group }) => group === 'CIFAR-10, ResNet-56 → ResNet-20');
const students = measured.filter(({ teacher }) => !teacher);

describe('leaderboard', () => {
  test('has every method once', () => {
    const alone = describeMethods().filter(({ teachers, peers }) => teachers <= 1 && !peers);
    assert.deepEqual(students.map(({ plan }) => plan.method.name).sort(), alone.map(({ name }) => name).sort());
  });

  test('gives all of them the same network, images and epochs; a first stage takes its own from them', () => {
    const [first] = students;
    for (const { label, plan } of students) {
      const { pretrain = 0 } = plan.method;
      assert.deepEqual([plan.student, plan.dataset], [first?.plan.student, first?.plan.dataset], label);
      assert.equal(plan.training.epochs + Number(pretrain), 6, label);
    }
  });

  test('its teacher has seen all images', () =>
    assert.deepEqual(measured.find(({ teacher }) => teacher)?.plan.dataset, { name: 'cifar10' }));

  test('has the pairs of CIFAR-100 with what others have published', () => {
    const groups = new Set(rows.map(({ group }) => group).filter((group) => group.startsWith('CIFAR-100')));
    assert.equal(groups.size, PUBLISHED_PAIRS.length);
    const kd = rows.find(({ group, label }) => group === 'CIFAR-100, ResNet-56 → ResNet-20' && label === 'KD');
    assert.equal(kd?.published?.score, 29.34);
  });
});
