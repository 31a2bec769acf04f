/** Networks that learn from each other, as the trainer runs them: steps by hand, evaluations, the best of each, resuming. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { holdStatistics, moveStatistics } from 'iekd/dist/engine/fused/movingStatistics';
import { tf } from 'iekd/dist/engine/tf';
import { Variables } from 'iekd/dist/engine/variables';
import { type MutualUpdates, mutual } from 'iekd/dist/methods/mutual';
import { supervised } from 'iekd/dist/methods/supervised';
import type { Network } from 'iekd/dist/models/types';
import { sgd } from 'iekd/dist/optim/optimizers/sgd';
import { trainStep } from 'iekd/dist/optim/step';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from 'iekd/dist/training/checkpoint/checkpoint';
import { describeRun } from 'iekd/dist/training/describe';
import { evaluate } from 'iekd/dist/training/evaluate';
import { studentObjective } from 'iekd/dist/training/studentObjective';
import { train } from 'iekd/dist/training/train';
import { random } from 'iekd/dist/util/rng';
import { stopSignal } from 'iekd/dist/util/stopSignal';
import { tinyData, tinyNetwork } from '../fixtures/tinyNetworks';
import { tinyRun } from '../fixtures/trainingRuns';

before(() => tf.setBackend('cpu'));

const root = mkdtempSync(join(tmpdir(), 'iekd-mutual-'));
after(() => rmSync(root, { recursive: true }));

/** Two values an image, two classes: logits = x · weight. The statistics count passes: the mean moves from 0 towards 1 by a tenth. */
function linear(values: readonly number[]): Network {
  const variables = new Variables();
  const weight = variables.add('weight', { shape: [2, 2], data: Float32Array.from(values) }) as tf.Variable<tf.Rank.R2>;
  const mean = variables.add('running_mean', { shape: [1], data: Float32Array.of(0) }, false);
  const variance = variables.add('running_var', { shape: [1], data: Float32Array.of(1) }, false);
  return {
    name: 'linear',
    spec: { name: 'linear' },
    input: [1, 2, 1],
    classes: 2,
    variables,
    features: [],
    forward(x, { training = false } = {}) {
      if (training) moveStatistics({ mean, variance }, { mean: tf.tensor1d([1]), variance: tf.tensor1d([1]) }, 1);
      return { logits: tf.matMul(tf.reshape(x, [-1, 2]) as tf.Tensor2D, weight), features: {} };
    },
    dispose: () => variables.dispose(),
  };
}

describe('steps of two linear networks by hand', () => {
  const X = [
    [1, -0.5],
    [0.3, 2],
    [-1, 0.7],
  ] as const;
  const Y = [0, 1, 1] as const;
  const START = [
    [0.2, -0.1, 0.4, 0.3],
    [-0.3, 0.5, 0.1, -0.2],
  ] as const;
  const [RATE, MOMENTUM, DECAY, KL] = [0.5, 0.9, 0.01, 2];

  const probabilities = (w: readonly number[], [a, b]: readonly [number, number]): [number, number] => {
    const [y, z] = [0, 1].map((c) => Math.exp(a * (w[c] as number) + b * (w[2 + c] as number))) as [number, number];
    return [y / (y + z), z / (y + z)];
  };
  /** d(task + KL · kl)/dw of one network, the other's probabilities being constants. */
  function gradient(own: readonly number[], other: readonly number[]): number[] {
    const sum = [0, 0, 0, 0];
    for (const [n, x] of X.entries()) {
      const [p, q] = [probabilities(own, x), probabilities(other, x)];
      for (const c of [0, 1]) {
        const slope = ((p[c] as number) - (Y[n] === c ? 1 : 0) + KL * ((p[c] as number) - (q[c] as number))) / X.length;
        for (const k of [0, 1]) sum[2 * k + c] = (sum[2 * k + c] as number) + slope * (x[k] as number);
      }
    }
    return sum;
  }
  /** Weights after so many steps. */
  function byHand(updates: string, steps: number): number[][] {
    const weights = START.map((w) => [...w]);
    const velocities = [
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ];
    const move = (i: number, g: readonly number[]): void => {
      for (const [k, slope] of g.entries()) {
        const [w, v] = [weights[i] as number[], velocities[i] as number[]];
        const d = slope + DECAY * (w[k] as number);
        v[k] = MOMENTUM * (v[k] as number) + d;
        w[k] = (w[k] as number) - RATE * (d + MOMENTUM * (v[k] as number));
      }
    };
    const slopes = (i: number): number[] => gradient(weights[i] as number[], weights[1 - i] as number[]);
    for (let step = 0; step < steps; step++) {
      if (updates === 'alternate') for (const i of [0, 1]) move(i, slopes(i));
      else for (const [i, g] of [0, 1].map(slopes).entries()) move(i, g);
    }
    return weights;
  }
  /** The same by the library, with the values of the statistics after it. */
  function byLibrary(updates: MutualUpdates, steps: number): { weights: number[][]; means: number[] } {
    const networks = START.map(linear) as [Network, Network];
    const [student, peer] = networks;
    const distillation = mutual(supervised(), { kl: KL, updates }).build({
      student,
      peers: [peer],
      teachers: [],
      random: random(0),
    });
    const objective = studentObjective([student, peer], [], distillation);
    const optimizer = sgd(objective.variables, { momentum: MOMENTUM, weightDecay: DECAY, nesterov: true });
    const images = tf.tensor4d(X.flat(), [3, 1, 2, 1]);
    const batch = { images, targets: [tf.tensor1d([...Y], 'int32')] };
    const count = tf.memory().numTensors;
    for (let step = 0; step < steps; step++) {
      trainStep({ stage: 'student', objective, optimizer, batch, clock: { step, epoch: 0, epochs: 1 }, learningRate: RATE });
    }
    assert.equal(tf.memory().numTensors, count, 'tensors');
    const values = (name: string): number[][] => networks.map(({ variables }) => [...variables.get(name).dataSync()]);
    return { weights: values('weight'), means: values('running_mean').flat() };
  }

  for (const updates of ['alternate', 'simultaneous'] as const) {
    test(updates, () => {
      for (const steps of [1, 2, 5]) {
        const { weights, means } = byLibrary(updates, steps);
        for (const [i, expected] of byHand(updates, steps).entries()) {
          for (const [k, w] of expected.entries()) {
            assert.ok(
              Math.abs(w - (weights[i]?.[k] as number)) < 1e-5,
              `${steps} steps, network ${i}: ${weights[i]} ${expected}`,
            );
          }
        }
        for (const mean of means) assert.ok(Math.abs(mean - (1 - 0.9 ** steps)) < 1e-6, `moved once a step: ${mean}`);
      }
    });
  }

  test('the two ways differ from the first step on, by the network that is second', () => {
    const [inTurn, atOnce] = ['alternate', 'simultaneous'].map((updates) => byHand(updates, 1));
    assert.deepEqual(inTurn?.[0], atOnce?.[0]);
    const apart = (inTurn?.[1] ?? []).map((w, k) => Math.abs(w - (atOnce?.[1]?.[k] as number)));
    assert.ok(Math.max(...apart) > 1e-3, `${apart}`);
  });

  test('a later round that is not finite leaves what the round before did', () => {
    const networks = [linear(START[0]), linear([Number.NaN, 0, 0, 0])] as [Network, Network];
    const [student, peer] = networks;
    const distillation = mutual(supervised(), { kl: 0 }).build({ student, peers: [peer], teachers: [], random: random(0) });
    const objective = studentObjective([student, peer], [], distillation);
    const optimizer = sgd(objective.variables, { momentum: 0, weightDecay: 0, nesterov: false });
    const batch = { images: tf.tensor4d(X.flat(), [3, 1, 2, 1]), targets: [tf.tensor1d([...Y], 'int32')] };
    const step = (): unknown =>
      trainStep({ stage: 'student', objective, optimizer, batch, clock: { step: 0, epoch: 0, epochs: 1 }, learningRate: 1 });
    assert.throws(step, /^InputError: training: expected a finite loss, received peer1\.task NaN with weight 1 at step 1 /);
    assert.notDeepEqual([...student.variables.get('weight').dataSync()], [...Float32Array.from(START[0])]);
  });
});

test('statistics stand still under holdStatistics, also after an error in it', () => {
  const net = linear([0, 0, 0, 0]);
  const pass = (): void => tf.tidy(() => void net.forward(tf.zeros([1, 1, 2, 1]), { training: true }));
  const mean = (): number => net.variables.get('running_mean').dataSync()[0] as number;
  holdStatistics(() => holdStatistics(pass));
  holdStatistics(pass);
  assert.equal(mean(), 0);
  assert.throws(() => holdStatistics(() => assert.fail('inside')), { message: 'inside' });
  pass();
  assert.ok(Math.abs(mean() - 0.1) < 1e-7);
});

const training = { epochs: 3, batch: 8, learningRate: 0.05 };
const peers = () => [tinyNetwork('second', random(2)), tinyNetwork('third', random(3))];

describe('train with peers', () => {
  test('moves all of them, measures each, and keeps the best of each', async () => {
    const [student, others] = [tinyNetwork('first', random(1)), peers()];
    const initial = [student, ...others].map(({ variables }) => variables.snapshot());
    const data = tinyData();
    const count = tf.memory().numTensors;
    const result = await train({ student, peers: others, method: mutual(), data, training });
    assert.equal(tf.memory().numTensors, count, 'labels alone have no variables');
    for (const [i, net] of [student, ...others].entries()) {
      for (const [name, { data: values }] of Object.entries(net.variables.snapshot())) {
        assert.equal(
          name === 'scale',
          initial[i]?.[name]?.data.every((v, k) => v === values[k]),
          `${net.name} ${name}`,
        );
      }
    }
    assert.deepEqual(
      result.peers.map(({ peer }) => peer),
      ['peer1', 'peer2'],
    );
    for (const [i, net] of others.entries()) {
      const own = [await evaluate(net, data, 'validation'), await evaluate(net, data, 'test')];
      assert.deepEqual(result.peers[i]?.evaluations, own);
      assert.deepEqual(result.last?.peers?.[i], { peer: `peer${i + 1}`, evaluations: own });
      const scores = result.history.map((e) => e.peers?.[i]?.evaluations[0]?.metrics.top1 ?? Number.NaN);
      const { best } = result.peers[i] ?? {};
      assert.deepEqual([best?.epoch, best?.selectedOn], [1 + scores.indexOf(Math.max(...scores)), 'validation']);
      net.variables.load(best?.weights ?? {});
      assert.deepEqual(await evaluate(net, data, 'test'), best?.evaluations[1]);
    }
    const { facts } = result;
    assert.deepEqual(
      facts.peers?.map(({ name, parameters }) => [name, parameters]),
      [
        ['second', 52],
        ['third', 52],
      ],
    );
    assert.equal(facts.stages[0]?.parameters, 3 * 52);
    assert.deepEqual(describeRun(facts).slice(0, 3), [
      'Student first (52 parameters) is trained by dml (kl 1, updates alternate).',
      'Peer second (52 parameters) learns beside it.',
      'Peer third (52 parameters) learns beside it.',
    ]);
  });

  test('a run without peers has no word of them', async () => {
    const result = await train({ student: tinyNetwork('first', random(1)), method: supervised(), data: tinyData(), training });
    assert.deepEqual(result.peers, []);
    assert.ok(!('peers' in result.facts));
    for (const event of result.history) assert.ok(!('peers' in event));
  });

  const first = tinyNetwork('first', random(1));
  const rows: readonly (readonly [string, () => Promise<unknown>, string])[] = [
    [
      'a missing peer',
      () => train({ student: first, method: mutual(), data: tinyData(), training }),
      'train: peers: expected at least one for the method dml, received 0',
    ],
    [
      'a peer for nothing',
      () => train({ student: first, peers: peers(), method: supervised(), data: tinyData(), training }),
      'train: peers: expected none for the method supervised, received 2',
    ],
    [
      'the student among its peers',
      () => train({ student: first, peers: [first], method: mutual(), data: tinyData(), training }),
      'train: expected a network of its own in every role, received first as student and as peer; build it a second time, or read it from its file again',
    ],
    [
      'a peer of other images',
      () => train({ student: first, peers: [linear([0, 0, 0, 0])], method: mutual(), data: tinyData(), training }),
      'train: peer linear: expected images of 1×2×1, received those of tiny, 4×4×1',
    ],
  ];
  for (const [name, run, message] of rows) {
    test(`refuses ${name}`, () => assert.rejects(run, { name: 'InputError', message }));
  }
});

describe('resume with a peer', () => {
  for (const updates of ['alternate', 'simultaneous'] as const) {
    const method = () => mutual(supervised(), { updates });
    const folder = (name: string): string => join(root, `${updates}-${name}`);

    test(`${updates}: stopped after any step, a run ends the same`, async () => {
      const { outcome: whole } = await tinyRun(folder('whole'), { method: method() });
      assert.equal(new Set([...whole.weights, ...whole.best]).size >= 3, true, 'networks differ from each other');
      for (let at = 1; at <= 9; at++) {
        const stop = stopSignal();
        const listener = (event: { kind: string; step?: number }): void => {
          if (event.kind === 'step' && event.step === at) stop.request('asked to');
        };
        const where = folder(`stopped-${at}`);
        const first = await tinyRun(where, { method: method(), stop, listeners: [listener] });
        assert.equal(first.complete, at === 9);
        const { outcome } = await tinyRun(where, { method: method(), resume: true });
        assert.deepEqual(outcome, whole, `stopped after step ${at}`);
      }
    });
  }

  test('a checkpoint holds the peer, its best and its velocities, and is refused where those are missing', async () => {
    const folder = join(root, 'checkpoint');
    const stop = stopSignal();
    const listener = ({ kind }: { kind: string }): void => {
      if (kind === 'epoch') stop.request('enough');
    };
    await tinyRun(folder, { method: mutual(), stop, listeners: [listener] });
    const path = join(folder, 'checkpoint.safetensors');
    const { tensors, progress, facts } = readCheckpoint(path) as Checkpoint;
    const own = ['bias', 'running_mean', 'scale', 'weight'];
    const prefixes = ['best-peer1/', 'best/', 'stage/student/network/', 'stage/student/peer1/'];
    const velocities = ['network/', 'peer1/'].flatMap((net) =>
      ['bias', 'scale', 'weight'].map((name) => `velocity/${net}${name}`),
    );
    assert.deepEqual(Object.keys(tensors).sort(), [
      ...prefixes.flatMap((prefix) => own.map((name) => prefix + name)),
      ...velocities,
    ]);
    assert.equal(progress.peerBests?.length, 1);
    const crafted: readonly (readonly [object, string])[] = [
      [{ peerBests: undefined }, `${path}: progress: peerBests: expected a list, received undefined`],
      [{ peerBests: [] }, `${path}: progress: peerBests: expected 1 entries, received 0`],
      [{ peerBests: [null] }, `${path}: expected 0 tensors of the best epoch, received 4`],
      [
        { history: [{ ...progress.history[0], peers: [{ peer: 1 }] }] },
        `${path}: progress: history 0: peers: peer: expected a string, received 1`,
      ],
    ];
    for (const [change, message] of crafted) {
      writeCheckpoint(path, { facts, tensors, progress: { ...progress, ...change } });
      await assert.rejects(tinyRun(folder, { method: mutual(), resume: true }), { name: 'InputError', message });
    }
  });
});
