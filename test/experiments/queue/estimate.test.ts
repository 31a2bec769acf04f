/** Time estimates against hand-worked numbers. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { estimator, type Timed } from 'iekd/dist/experiments/queue/estimate';
import { type RunPlan, withSeed } from 'iekd/dist/experiments/runPlan';
import { planNetwork } from 'iekd/dist/models';
import { STUDENT, TEACHER } from '../../fixtures/madeUpRecords';

const timed = (plan: RunPlan, seconds: number): Timed => ({ plan, seconds });
const longer = (plan: RunPlan, epochs: number): RunPlan => ({ ...plan, training: { ...plan.training, epochs } });
const bfloat16: RunPlan = { ...TEACHER, precision: 'bfloat16' };
const ratio = planNetwork({ name: 'resnet14' }).multiplyAdds / planNetwork({ name: 'resnet8' }).multiplyAdds;

/** Each map of twice the side has four times the cells. */
const detector = (pixels: number): RunPlan => ({
  ...TEACHER,
  dataset: { name: 'voc', pixels, train: 20 },
  task: { name: 'detection' },
  student: { name: 'ssd-resnet8' },
});

describe('a run takes', () => {
  const table: readonly (readonly [string, readonly Timed[], RunPlan, number | undefined])[] = [
    ['nobody knows how long, where nothing was trained', [], TEACHER, undefined],
    ['nobody knows how long, in another precision', [timed(bfloat16, 10)], TEACHER, undefined],
    ['as long as it took with another seed', [timed(withSeed(TEACHER, 1), 10)], TEACHER, 10],
    ['the median of its seeds', [10, 50, 11].map((s, seed) => timed(withSeed(TEACHER, seed), s)), TEACHER, 11],
    ['between the middle two of its seeds', [10, 20].map((s, seed) => timed(withSeed(TEACHER, seed), s)), TEACHER, 15],
    ['as its own seeds, not as others', [timed(TEACHER, 10), timed(longer(TEACHER, 2), 99)], TEACHER, 10],
    ['twice as long for twice the epochs', [timed(TEACHER, 10)], longer(TEACHER, 2), 20],
    ['half as long for half the images', [timed(TEACHER, 10)], { ...TEACHER, dataset: { name: 'fashion-mnist', train: 10 } }, 5],
    ['2,500 times as long for all of CIFAR', [timed(TEACHER, 1)], { ...TEACHER, dataset: { name: 'cifar10' } }, 2500],
    // three of the student and one of the teacher, for three of the student alone
    ['a third longer with an equal teacher', [timed(TEACHER, 9)], STUDENT, 12],
    [
      'twice as long with an equal peer',
      [timed(TEACHER, 9)],
      { ...TEACHER, method: { name: 'dml' }, peers: [TEACHER.student] },
      18,
    ],
    ['four times as long for pictures of twice the side', [timed(detector(64), 10)], detector(128), 40],
    ['nobody knows how long, of another task', [timed(detector(64), 10)], TEACHER, undefined],
    ['by multiplications', [timed(TEACHER, 10)], { ...TEACHER, student: { name: 'resnet14' } }, 10 * ratio],
    [
      'at the pace of its own student on its own images, before that of others',
      [
        timed(TEACHER, 10),
        timed({ ...TEACHER, student: { name: 'resnet14' } }, 1),
        timed({ ...TEACHER, dataset: { name: 'cifar10' } }, 1),
      ],
      longer(TEACHER, 3),
      30,
    ],
    [
      'at the pace of its own student on other images, before that of others',
      [
        timed({ ...TEACHER, student: { name: 'resnet14' } }, 1),
        timed({ ...TEACHER, dataset: { name: 'cifar10', train: 20 } }, 10),
      ],
      longer(TEACHER, 3),
      30,
    ],
    [
      'as its seeds took on this machine, where there are some',
      [timed(TEACHER, 10), timed(withSeed(TEACHER, 1), 12), { ...timed(withSeed(TEACHER, 2), 30), here: true }],
      TEACHER,
      30,
    ],
    [
      'at the pace of this machine, of runs that are equally alike',
      [timed(TEACHER, 10), { ...timed(longer(TEACHER, 2), 60), here: true }],
      longer(TEACHER, 3),
      90,
    ],
    [
      'at the pace of what is more alike, on whatever machine',
      [timed(TEACHER, 10), { ...timed({ ...TEACHER, student: { name: 'resnet14' } }, 1), here: true }],
      longer(TEACHER, 3),
      30,
    ],
    [
      'by the median pace',
      [timed(TEACHER, 10), timed(longer(TEACHER, 2), 40), timed(longer(TEACHER, 3), 90)],
      longer(TEACHER, 4),
      80,
    ],
  ];
  for (const [name, before, plan, expected] of table) {
    test(name, () => {
      const found = estimator(before)(plan);
      if (expected === undefined) return assert.equal(found, undefined);
      assert.ok(Math.abs((found ?? Number.NaN) - expected) < 1e-9 * expected, `${found} for ${expected}`);
    });
  }
});
