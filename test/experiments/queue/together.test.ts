/** Runs that take turns in one process and share their teacher's passes: which do, and that nothing else changes by it. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { start } from 'iekd/dist/engine/start';
import { tf } from 'iekd/dist/engine/tf';
import { lockstepRuns } from 'iekd/dist/experiments/queue/lockstepRuns';
import { type ReproduceOptions, reproduce } from 'iekd/dist/experiments/queue/reproduce';
import { planName, type RunPlan, withSeed } from 'iekd/dist/experiments/runPlan';
import { stopSignal } from 'iekd/dist/util/stopSignal';
import { fill, owners, storeRoot, weightsOf } from '../../fixtures/fillStore';
import { STUDENT, TEACHER } from '../../fixtures/madeUpRecords';

const { storeAt } = storeRoot();
const OTHER: RunPlan = { ...STUDENT, method: { name: 'at' } };
let tensors = 0;

describe('together', () => {
  /** It has a stage of its own before. */
  const FT: RunPlan = { ...STUDENT, method: { name: 'ft', fit: { epochs: 1 } } };
  const three = [STUDENT, OTHER, FT, withSeed(STUDENT, 1)];
  const alone = storeAt('alone');
  before(async () => {
    await start({ threads: 1 });
    tensors = tf.memory().numTensors;
    await fill(alone, three);
  });

  test('those of one seed take turns, the others come after; the bits are those of each by itself', async () => {
    const store = storeAt('together');
    const { events, records } = await fill(store, three, { together: 3 });
    assert.deepEqual(events.slice(0, 5), [
      ...['begin supervised-s0 5', 'done supervised-s0 4'],
      ...['begin kd-s0 4', 'begin at-s0 4', 'begin ft-s0 4'],
    ]);
    assert.deepEqual(
      events.slice(5, 8).map((event) => event.slice(0, 4)),
      ['done', 'done', 'done'],
    );
    assert.deepEqual(events.slice(8), ['begin kd-s1 1', 'done kd-s1 0']);
    assert.deepEqual(weightsOf(store, three), weightsOf(alone, three));
    assert.deepEqual(
      records.map(({ together }) => together),
      [3, 3, 3, undefined],
    );
    assert.equal(tf.memory().numTensors, tensors);
    assert.deepEqual(owners(store), []);
  });

  test('no more than was said, and none that another process holds', async () => {
    const store = storeAt('few');
    await fill(store, [TEACHER]);
    const claim = store.claim(OTHER) ?? assert.fail('not taken');
    const { events } = await fill(store, three, { together: 2, wait: false });
    assert.deepEqual(events.slice(0, 2), ['begin kd-s0 4', 'begin ft-s0 4']);
    assert.equal(store.find(OTHER), undefined);
    claim.release();
  });

  test('one that fails does not hold the others up', async () => {
    const store = storeAt('fails together');
    const bad: RunPlan = { ...STUDENT, method: { name: 'at', weight: 1e38 } };
    const { events, failed } = await fill(store, [STUDENT, bad, FT], { together: 3 });
    assert.deepEqual(
      failed.map(({ plan }) => planName(plan)),
      [planName(bad)],
    );
    assert.match(failed[0]?.error.message ?? '', /finite/);
    assert.deepEqual(events.slice(2, 6), ['begin kd-s0 3', 'begin at-s0 3', 'begin ft-s0 3', 'failed at-s0 2']);
    assert.deepEqual(weightsOf(store, [STUDENT, FT]), weightsOf(alone, [STUDENT, FT]));
    assert.equal(tf.memory().numTensors, tensors);
  });

  test('stopped in the middle and gone on with, by itself or together, they end with the same bits', async () => {
    const store = storeAt('stopped together');
    const stop = stopSignal();
    const listen: ReproduceOptions['listen'] = (plan) => (event) => {
      if (plan.method.name === 'ft' && event.kind === 'step' && event.step === 3) stop.request('enough');
    };
    const { stopped } = await fill(store, three, { together: 3, stop, listen });
    assert.deepEqual([stopped, store.status(STUDENT), store.status(FT)], [true, 'unfinished', 'unfinished']);
    await fill(store, [OTHER]);
    await fill(store, three, { together: 3 });
    assert.deepEqual(weightsOf(store, three), weightsOf(alone, three));
    assert.equal(tf.memory().numTensors, tensors);
  });

  test('refuses less than one', () =>
    assert.rejects(reproduce([], { together: 0 }), {
      name: 'InputError',
      message: 'reproduce: together: expected an integer from 1, received 0',
    }));
});

describe('lockstepRuns', () => {
  const { training } = STUDENT;
  const others: readonly (readonly [string, RunPlan, boolean])[] = [
    ['another method', OTHER, true],
    ['another student', { ...STUDENT, student: { name: 'resnet14' } }, true],
    ['stages of its own before', { ...STUDENT, method: { name: 'ft', fit: { epochs: 1 } } }, true],
    ['the plan itself', { ...STUDENT }, false],
    ['another seed', withSeed(STUDENT, 1), false],
    ['another teacher', { ...STUDENT, teacher: withSeed(TEACHER, 1) }, false],
    ['no teacher', TEACHER, false],
    ['other images', { ...STUDENT, dataset: { name: 'cifar10' } }, false],
    ['the same images elsewhere', { ...OTHER, dataset: { ...STUDENT.dataset, folder: '/a' } }, true],
    ['more epochs', { ...OTHER, training: { ...training, epochs: 2 } }, false],
    ['another precision', { ...OTHER, precision: 'bfloat16' }, false],
  ];
  for (const [name, plan, expected] of others) {
    test(`${name}: ${expected ? 'is trained in lockstep' : 'is not'}`, () =>
      assert.deepEqual(lockstepRuns(STUDENT, [plan]), expected ? [plan] : []));
  }

  test('a run without a teacher gains nothing by company', () =>
    assert.deepEqual(lockstepRuns(TEACHER, [withSeed(TEACHER, 0)]), []));
});
