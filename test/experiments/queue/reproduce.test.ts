/**
 * Filling a store with real runs of a moment: teachers once, failures passed over, stopped and killed and gone on with to the same
 * weights, several processes without two of them at one run.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { start } from 'iekd/dist/engine/start';
import { tf } from 'iekd/dist/engine/tf';
import type { ExperimentRow } from 'iekd/dist/experiments/experiment';
import { planProgress } from 'iekd/dist/experiments/queue/experimentStatus';
import { missing, plansOf } from 'iekd/dist/experiments/queue/order';
import { type ReproduceOptions, reproduce } from 'iekd/dist/experiments/queue/reproduce';
import { planFolder, planName, type RunPlan, withSeed } from 'iekd/dist/experiments/runPlan';
import { checkResults } from 'iekd/dist/experiments/store/checkResults';
import type { RunStore } from 'iekd/dist/experiments/store/runStore';
import { stopSignal } from 'iekd/dist/util/stopSignal';
import { type Filled, fill, owners, short, storeRoot, weightsOf } from '../../fixtures/fillStore';
import { madeUpRecord, STUDENT, TEACHER } from '../../fixtures/madeUpRecords';
import { type Filling, filling } from '../../fixtures/processes';

const { root, storeAt } = storeRoot();

const OTHER: RunPlan = { ...STUDENT, method: { name: 'at' } };
const hopeless: RunPlan = { ...TEACHER, training: { ...TEACHER.training, epochs: 2, learningRate: 1e30 } };
const ALL = [STUDENT, OTHER, withSeed(STUDENT, 1), TEACHER];

const whole = storeAt('whole');
let [tensors, first]: [number, Filled | undefined] = [0, undefined];

before(async () => {
  await start({ threads: 1 });
  tensors = tf.memory().numTensors;
  first = await fill(whole, ALL);
});

describe('reproduce', () => {
  test('trains a teacher once, before the first that needs it, and every run once', () => {
    assert.deepEqual(first?.events, [
      ...['begin supervised-s0 4', 'done supervised-s0 3'],
      ...['begin kd-s0 3', 'done kd-s0 2'],
      ...['begin at-s0 2', 'done at-s0 1'],
      ...['begin kd-s1 1', 'done kd-s1 0'],
    ]);
    assert.deepEqual([first?.failed, first?.stopped], [[], false]);
    assert.deepEqual(
      first?.records.map(({ config }) => short(config)),
      ['kd-s0', 'at-s0', 'kd-s1', 'supervised-s0'],
    );
    assert.equal(tf.memory().numTensors, tensors);
    assert.deepEqual(owners(whole), []);
    assert.deepEqual(readdirSync(whole.runs).sort(), ALL.map(planName).sort());
    assert.equal(new Set(weightsOf(whole, ALL)).size, 4);
    for (const plan of ALL) assert.equal(whole.status(plan), 'trained');
  });

  test('does nothing where all is there, and only what a changed number makes new', async () => {
    assert.deepEqual((await fill(whole, ALL)).events, []);
    const changed: RunPlan = { ...STUDENT, method: { name: 'kd', temperature: 5 } };
    const { events, records } = await fill(whole, [STUDENT, changed, STUDENT]);
    assert.deepEqual(events, ['begin kd-s0 1', 'done kd-s0 0']);
    assert.deepEqual(
      records.map(({ config }) => config.method),
      [STUDENT.method, changed.method],
      'each once',
    );
  });

  test('a run that fails is told and passed over with those that it was to teach', async () => {
    const store = storeAt('failing');
    const taught: RunPlan = { ...STUDENT, teacher: hopeless };
    const again: RunPlan = { ...taught, teacher: taught };
    const { events, failed, records, stopped } = await fill(store, [taught, again, hopeless, TEACHER]);
    assert.deepEqual(events, [
      'begin supervised-s0 4',
      'failed supervised-s0 3',
      'begin supervised-s0 1',
      'done supervised-s0 0',
    ]);
    assert.deepEqual(
      failed.map(({ plan }) => planName(plan)),
      [planName(hopeless)],
    );
    assert.match(failed[0]?.error.message ?? '', /finite/);
    assert.equal(store.status(hopeless), 'failed');
    assert.equal(store.failure(hopeless)?.message, failed[0]?.error.message);
    assert.deepEqual([store.failure(TEACHER), store.status(taught)], [undefined, 'missing']);
    assert.deepEqual([records.map(({ config }) => config.training), stopped], [[TEACHER.training], false]);
    assert.equal(tf.memory().numTensors, tensors);
    assert.deepEqual(owners(store), []);
  });

  test('stopped in the middle and gone on with, it ends with the same weights', async () => {
    const store = storeAt('stopped');
    const stop = stopSignal();
    const listen: ReproduceOptions['listen'] = (plan) => (event) => {
      if (plan.method.name === 'kd' && event.kind === 'step' && event.step === 1) stop.request('enough');
    };
    const { events, records, stopped } = await fill(store, ALL, { stop, listen });
    assert.deepEqual(events, ['begin supervised-s0 4', 'done supervised-s0 3', 'begin kd-s0 3']);
    assert.deepEqual([records.length, stopped], [1, true]);
    assert.equal(store.status(STUDENT), 'unfinished');
    assert.equal((await fill(store, ALL)).records.length, 4);
    assert.deepEqual(weightsOf(store, ALL), weightsOf(whole, ALL));
    assert.equal(tf.memory().numTensors, tensors);
  });

  test('stopped before it begins, it trains nothing', async () => {
    const stop = stopSignal();
    stop.request('no');
    assert.deepEqual(await fill(storeAt('unbegun'), ALL, { stop }), { events: [], records: [], failed: [], stopped: true });
  });

  test('what another process trains is left to it, waited for, and trained where it gave up', async () => {
    const store = storeAt('waiting');
    const claim = store.claim(TEACHER) ?? assert.fail('not taken');
    assert.deepEqual((await fill(store, [STUDENT], { wait: false })).events, []);
    setTimeout(() => claim.release(), 2500);
    const { events, records } = await fill(store, [STUDENT]);
    assert.deepEqual(events, [
      ...['waiting supervised-s0 2', 'begin supervised-s0 2', 'done supervised-s0 1', 'begin kd-s0 1', 'done kd-s0 0'],
    ]);
    assert.equal(records.length, 1);
  });

  test('a damaged record is refused; set aside, it is written again from the run’s checkpoint', async () => {
    const store = storeAt('damaged');
    await fill(store, [TEACHER]);
    const path = join(planFolder(store.runs, TEACHER), 'record.json');
    const before = weightsOf(store, [TEACHER]);
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, -50));
    await assert.rejects(fill(store, [TEACHER]), {
      name: 'InputError',
      message:
        /record\.json: line 1, column \d+: expected JSON, .*; npx iekd results check --repair .*record\.json sets bad lines aside$/,
    });
    checkResults([path], { repair: true });
    const { events } = await fill(store, [TEACHER]);
    assert.deepEqual(events, ['begin supervised-s0 1', 'done supervised-s0 0']);
    assert.deepEqual(weightsOf(store, [TEACHER]), before);
  });

  test('a kept record is enough for a row; a teacher is needed with its weights', async () => {
    const store = storeAt('kept');
    store.publish('table1', [madeUpRecord(TEACHER), madeUpRecord(STUDENT)]);
    assert.deepEqual((await fill(store, [STUDENT, TEACHER])).events, []);
    const { events } = await fill(store, [STUDENT, OTHER]);
    assert.deepEqual(events, ['begin supervised-s0 2', 'done supervised-s0 1', 'begin at-s0 1', 'done at-s0 0']);
  });

  test('unknown options', () =>
    assert.rejects(reproduce([], { folder: 'a' } as object), {
      name: 'InputError',
      message:
        'reproduce: expected options among store, onEvent, listen, stop, wait, together, download, dataFolder, data, onDataProgress, received "folder"',
    }));
});

describe('processes', () => {
  function prepared(name: string, plans: readonly RunPlan[]): string {
    mkdirSync(join(root, name));
    writeFileSync(join(root, name, 'plans.json'), JSON.stringify(plans));
    return join(root, name);
  }

  test('killed in the middle and started again, it ends with the same weights', async () => {
    const folder = prepared('killed', ALL);
    const child: Filling = filling(folder);
    const store = storeAt('killed');
    await child.said(new RegExp(`^step 1 of ${planName(STUDENT)}`));
    child.kill();
    const told = await child.ended;
    assert.ok(!told.includes('end'), told.join('\n'));
    assert.equal(store.status(TEACHER), 'trained');
    const { events } = await fill(store, ALL);
    assert.ok(!events.includes('begin supervised-s0 4'), 'the teacher was complete');
    assert.deepEqual(weightsOf(store, ALL), weightsOf(whole, ALL));
    assert.deepEqual(owners(store), []);
  });

  test('two on one store: each run is trained by one, and both end when all is there', async () => {
    const plans = [...ALL, ...[1, 2].map((seed) => withSeed(OTHER, seed))];
    const folder = prepared('both', plans);
    const told = await Promise.all([filling(folder), filling(folder)].map(({ ended }) => ended));
    for (const lines of told) assert.equal(lines.at(-1), 'end');
    const begun = told.flat().filter((line) => /^(begin|done) /.test(line));
    const each = plans.map(planName).flatMap((name) => [`begin ${name}`, `done ${name}`]);
    assert.deepEqual(begun.sort(), each.sort());
    const store = storeAt('both');
    assert.deepEqual(weightsOf(store, ALL), weightsOf(whole, ALL));
    for (const plan of plans) assert.equal(store.status(plan), 'trained');
  });
});

describe('the order of runs', () => {
  const row = (group: string, label: string, more: Partial<ExperimentRow> = {}): ExperimentRow => {
    return { group, label, plan: { ...TEACHER, method: { name: label } }, ...more };
  };
  const rows = [
    row('A', 't', { teacher: true }),
    row('A', 'a'),
    row('A', 'b', { first: true }),
    row('A', 'c', { first: true }),
    { group: 'A', label: 'published' },
    row('B', 'd'),
    row('B', 'a'),
    row('B', 'u', { teacher: true }),
  ];

  test('pair by pair, seed by seed, the rows that come first before the others, teachers with their own seed, each once', () => {
    const names = plansOf(rows, [0, 2]).map(short);
    const [A, B] = [
      ['t-s0', 'b-s0', 'c-s0', 'a-s0', 'b-s2', 'c-s2', 'a-s2'],
      ['u-s0', 'd-s0', 'd-s2'],
    ];
    assert.deepEqual(names, [...A, ...B]);
  });

  test('what is missing: teachers before the first that needs them, once, and theirs before them', () => {
    const store = storeAt('order');
    const grandchild: RunPlan = { ...STUDENT, teacher: OTHER };
    const names = (plans: readonly RunPlan[]): string[] => missing(plans, store).map(short);
    assert.deepEqual(names([grandchild, STUDENT, TEACHER]), ['supervised-s0', 'at-s0', 'kd-s0', 'kd-s0']);
    store.publish('table1', [madeUpRecord(grandchild)]);
    assert.deepEqual(names([grandchild, STUDENT]), ['supervised-s0', 'kd-s0'], 'none for a run that is there');
  });
});

describe('planProgress', () => {
  const states = (plans: readonly RunPlan[], store: RunStore) =>
    planProgress(plans, store).map(({ plan, status, epoch, epochs, secondsLeft }) => [
      short(plan),
      status,
      epoch,
      epochs,
      secondsLeft,
    ]);

  test('of nothing: teachers that are needed stand before, how long is unknown', () => {
    const store = storeAt('fresh');
    assert.deepEqual(states([STUDENT, STUDENT], store), [
      ['supervised-s0', 'missing', 0, 1, undefined],
      ['kd-s0', 'missing', 0, 1, undefined],
    ]);
    assert.equal(existsSync(store.runs), false, 'looking makes nothing');
  });

  test('done, recorded, running with its holder, begun, missing; with what is left of each', () => {
    const store = storeAt('progress');
    const longer: RunPlan = { ...TEACHER, training: { ...TEACHER.training, epochs: 4 } };
    const log = (plan: RunPlan, ...stages: readonly string[]): void => {
      mkdirSync(planFolder(store.runs, plan), { recursive: true });
      const row = {
        kind: 'epoch',
        epoch: 1,
        epochs: 4,
        step: 1,
        seconds: 5,
        learningRate: 0.1,
        loss: 1,
        terms: {},
        evaluations: [],
      };
      const lines = stages.map((stage) => JSON.stringify({ ...row, stage }));
      writeFileSync(join(planFolder(store.runs, plan), 'metrics.jsonl'), `${lines.join('\n')}\n{"kind":"epo`);
      writeFileSync(join(planFolder(store.runs, plan), 'checkpoint.safetensors'), '');
    };
    store.publish('table1', [madeUpRecord(TEACHER, { seconds: 6 })]);
    log(longer, 'factor encoder', 'student', 'student', 'student');
    const claim = store.claim(longer);
    log(withSeed(longer, 1), 'factor encoder');
    const runs = planProgress([TEACHER, longer, withSeed(longer, 1), withSeed(TEACHER, 1)], store);
    assert.deepEqual(
      runs.map(({ status, epoch, epochs, secondsLeft }) => [status, epoch, epochs, secondsLeft]),
      [
        ['recorded', 1, 1, undefined],
        ['running', 3, 4, 5], // at its own five seconds an epoch
        ['unfinished', 0, 4, 20], // as its other seed goes on
        ['missing', 0, 1, 6], // as its other seed took
      ],
    );
    assert.equal(runs[1]?.holder?.pid, process.pid);
    const waits = { task: '7_0', state: 'PENDING', where: '(Dependency)' };
    const [, own] = planProgress([longer, withSeed(TEACHER, 1)], store, new Map([[planName(withSeed(TEACHER, 1)), waits]]));
    assert.deepEqual(own?.queued, waits);
    assert.equal(runs[0]?.holder, undefined);
    claim?.release();
    assert.deepEqual(
      states(ALL, whole).map(([, status]) => status),
      ALL.map(() => 'trained'),
    );
  });
});
