/** Names of runs that have not been trained: what they depend on, and what not. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parseRun } from 'iekd/dist/experiments/run/parsedRun';
import {
  planConfig,
  planFolder,
  planHash,
  planName,
  planRun,
  type RunPlan,
  teachersOf,
  withoutFolders,
  withSeed,
} from 'iekd/dist/experiments/runPlan';

const teacher: RunPlan = {
  dataset: { name: 'cifar10', train: 100 },
  student: { name: 'resnet20', shortcut: 'A' },
  method: { name: 'supervised' },
  training: { epochs: 4, batch: 32, learningRate: { kind: 'multiStep', base: 0.1, at: [2, 3], factor: 0.1 } },
  seed: 0,
};
const plan: RunPlan = {
  ...teacher,
  student: { name: 'resnet8' },
  method: { name: 'ie-ft', inherit: 50, fit: { epochs: 2 } },
  stages: { 'factor encoder': { batch: 16 } },
  precision: 'bfloat16',
  teacher,
};

/** The same value with the keys of every object in the opposite order. */
function reversed<T>(value: T): T {
  if (Array.isArray(value)) return value.map(reversed) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([k, v]) => [k, reversed(v)]),
  ) as T;
}

describe('one name', () => {
  const table: readonly (readonly [string, RunPlan])[] = [
    ['keys in another order', reversed(plan)],
    ['seed 0 written out', { ...plan, seed: 0 }],
    ['the teacher’s seed 0 left out', { ...plan, teacher: { ...teacher, seed: undefined } as unknown as RunPlan }],
    ['images elsewhere', { ...plan, dataset: { ...plan.dataset, folder: '/a' } }],
    ['the teacher’s images elsewhere', { ...plan, teacher: { ...teacher, dataset: { ...teacher.dataset, folder: '/a' } } }],
    ['an undefined entry', { ...plan, peers: undefined } as unknown as RunPlan],
    ['a list of one teacher', { ...plan, teacher: [teacher] }],
  ];
  for (const [name, other] of table) test(name, () => assert.equal(planName(other), planName(plan)));
});

describe('another hash', () => {
  const changed: readonly (readonly [string, RunPlan])[] = [
    ['data set', { ...plan, dataset: { ...plan.dataset, name: 'cifar100' } }],
    ['images', { ...plan, dataset: { ...plan.dataset, train: 101 } }],
    ['split', { ...plan, dataset: { ...plan.dataset, seed: 1 } }],
    ['student', { ...plan, student: { name: 'resnet14' } }],
    ['option of the student', { ...plan, student: { name: 'resnet8', shortcut: 'A' } }],
    ['weight', { ...plan, method: { ...plan.method, inherit: 51 } }],
    ['epochs of the fit', { ...plan, method: { ...plan.method, fit: { epochs: 3 } } }],
    ['epochs', { ...plan, training: { ...plan.training, epochs: 5 } }],
    ['batch', { ...plan, training: { ...plan.training, batch: 33 } }],
    ['rate', { ...plan, training: { ...plan.training, learningRate: 0.1 } }],
    [
      'order of the falls',
      { ...plan, training: { ...plan.training, learningRate: { kind: 'multiStep', base: 0.1, at: [3, 2], factor: 0.1 } } },
    ],
    ['stage', { ...plan, stages: { 'factor encoder': { batch: 17 } } }],
    ['precision', { ...plan, precision: 'float32' }],
    ['no precision', { ...plan, precision: undefined } as unknown as RunPlan],
    ['peers', { ...plan, peers: [{ name: 'resnet8' }] }],
    ['seed of the teacher', { ...plan, teacher: withSeed(teacher, 1) }],
    ['epochs of the teacher', { ...plan, teacher: { ...teacher, training: { ...teacher.training, epochs: 5 } } }],
    ['two teachers', { ...plan, teacher: [teacher, withSeed(teacher, 1)] }],
    ['two teachers the other way round', { ...plan, teacher: [withSeed(teacher, 1), teacher] }],
    ['no teacher', { ...plan, teacher: undefined } as unknown as RunPlan],
    ['a teacher’s teacher', { ...plan, teacher: { ...teacher, method: { name: 'kd' }, teacher } }],
  ];
  const hashes = new Map([['as it is', planHash(plan)]]);
  for (const [name, other] of changed) {
    test(name, () => {
      const hash = planHash(other);
      assert.match(hash, /^[0-9a-f]{12}$/);
      for (const [before, known] of hashes) assert.notEqual(hash, known, before);
      hashes.set(name, hash);
    });
  }
});

test('the seed stands in the name, not in the hash; teachers keep theirs', () => {
  const third = withSeed(plan, 3);
  assert.equal(planHash(third), planHash(plan));
  assert.equal(planName(third), `cifar10-resnet8-ie-ft-${planHash(plan)}-s3`);
  assert.equal(planName(plan), `cifar10-resnet8-ie-ft-${planHash(plan)}-s0`);
  assert.deepEqual(teachersOf(third), [teacher]);
  assert.deepEqual(teachersOf(teacher), []);
});

const weights = (of: RunPlan): string => join(planFolder('runs', of), 'student-last.safetensors');

test('a plan without teachers has the hash of its run', () => {
  const peers: RunPlan = { ...teacher, method: { name: 'dml' }, peers: [{ name: 'resnet8' }] };
  for (const one of [teacher, peers]) assert.equal(planHash(one), parseRun(planConfig(one, weights)).hash);
});

test('hashes are what they were: results that are kept are found again', () => {
  // SHA-256 of the plan without its own seed by Python: json.dumps(plan, sort_keys=True, separators=(',', ':')), its first 12 digits
  assert.deepEqual([planHash(teacher), planHash(plan)], ['8f09c961291f', '8c864de09b75']);
});

test('what is kept of a plan: no folders, every seed', () => {
  const { seed: _, ...unseeded } = teacher;
  const given = {
    ...plan,
    dataset: { ...plan.dataset, folder: '/a' },
    teacher: { ...unseeded, dataset: { name: 'cifar10', folder: '/b' } },
  };
  const kept = withoutFolders(given);
  assert.deepEqual(kept, { ...plan, teacher: { ...unseeded, dataset: { name: 'cifar10' }, seed: 0 }, seed: 0 });
  assert.equal(planName(kept), planName(given));
});

describe('the configuration of a run', () => {
  test('has the teachers’ last weights', () => {
    const { teacher: found, ...rest } = planConfig(plan, weights);
    assert.deepEqual(found, { network: teacher.student, weights: weights(teacher) });
    const { teacher: _, ...own } = plan;
    assert.deepEqual(rest, { ...own, seed: 0 });
    const two = [teacher, withSeed(teacher, 1)];
    const feed: RunPlan = { ...plan, method: { name: 'feed' }, stages: {}, teacher: two };
    assert.deepEqual(
      planConfig(feed, weights).teacher,
      two.map((one) => ({ network: one.student, weights: weights(one) })),
    );
    assert.equal(planConfig(teacher, weights).teacher, undefined);
  });

  test('is checked, under the name of the plan', () => {
    const bad: RunPlan = { ...teacher, training: { epochs: 0 } };
    const message = `${planName(bad)}: training: epochs: expected an integer from 1, received 0`;
    assert.throws(() => planRun(bad, weights), { name: 'InputError', message });
    assert.throws(() => planRun({ ...teacher, method: { name: 'kd' } }, weights), {
      message: /: teacher: expected as many as the method kd has, 1, received 0$/,
    });
  });
});
