/** Mutual learning of networks that differ: maps by word in each pair, and values dropped by each for itself. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import type { NetworkFeatureNames } from 'iekd/dist/methods/distillation';
import { ie } from 'iekd/dist/methods/ie';
import { at } from 'iekd/dist/methods/matchers/features/at';
import { ft } from 'iekd/dist/methods/matchers/features/ft';
import type { Method } from 'iekd/dist/methods/method';
import { mutual } from 'iekd/dist/methods/mutual';
import { supervised } from 'iekd/dist/methods/supervised';
import { buildNetwork } from 'iekd/dist/models/index';
import type { Network } from 'iekd/dist/models/types';
import { describeRun } from 'iekd/dist/training/describe';
import { studentObjective } from 'iekd/dist/training/studentObjective';
import { train } from 'iekd/dist/training/train';
import { type Random, random } from 'iekd/dist/util/rng';
import { createPeers, images, number } from '../fixtures/methodNetworks';
import { type SmallOptions, smallNetwork } from '../fixtures/smallNetwork';
import { tinyData } from '../fixtures/tinyNetworks';

before(() => tf.setBackend('cpu'));

const clock = { step: 0, epoch: 0, epochs: 10 };
const batch = () => ({ images: images(), targets: [tf.tensor1d([0, 3, 9, 3], 'int32')] });

/** Maps of 8, 4, 2, of 8, 8, 4, 2, 1, and of 8, 4. */
const FLAT: SmallOptions = { name: 'flat' };
const DEEP: SmallOptions = { name: 'deep', prefix: 'layer', channels: [3, 4, 7, 8, 9], strides: [1, 1, 2, 2, 2] };
const SHORT: SmallOptions = { name: 'short', channels: [4, 6] };
const networksOf = (...all: readonly SmallOptions[]): Network[] => all.map((one, i) => smallNetwork(random(i), one));

describe('maps by word', () => {
  const rows: readonly (readonly [string, Method, NetworkFeatureNames, own: string[]])[] = [
    [
      'stages of the sizes that both have',
      mutual(ie(at())),
      { teacher: [], student: ['stage1', 'stage2', 'stage3'], peers: [['layer2', 'layer3', 'layer4']] },
      ['inheritance', 'exploration', 'kl'],
    ],
    [
      'each one’s last, of any size',
      mutual(ie(ft({ distance: 'cka' }))),
      { teacher: [], student: ['stage3'], peers: [['layer5']] },
      ['inheritance', 'exploration', 'kl', 'reconstruction'],
    ],
    [
      'each side’s own, as teacher and as student',
      mutual(ie(ft({ distance: 'cka', feature: { teacher: 'last', student: 'last.pre' } }))),
      { teacher: [], student: ['stage3.pre', 'stage3'], peers: [['layer5.pre', 'layer5']] },
      ['inheritance', 'exploration', 'kl', 'reconstruction'],
    ],
  ];
  for (const [name, method, features, own] of rows) {
    test(name, () => {
      const world = createPeers(networksOf(FLAT, DEEP));
      assert.deepEqual(world.bind(method).features, features);
      const { terms } = world.objective(method);
      tf.tidy(() => {
        for (const [round, prefix] of ['', 'peer1.'].entries()) {
          const found = terms(batch(), clock, undefined, round);
          assert.deepEqual(
            found.map((term) => term.name),
            ['task', ...own].map((term) => prefix + term),
          );
          for (const { value } of found) assert.ok(Number.isFinite(number(value)));
        }
      });
      world.dispose();
    });
  }

  test('refuses three networks that share other sizes pair by pair, and leaves nothing behind', () => {
    const world = createPeers(networksOf(FLAT, FLAT, SHORT));
    const count = tf.memory().numTensors;
    assert.throws(() => world.bind(mutual(ie(at())), 3), {
      name: 'InputError',
      message:
        'at: expected flat compared by the same maps with every network, stage1, stage2, stage3, received stage1, stage2; name maps that all of them have',
    });
    assert.equal(tf.memory().numTensors, count);
    world.dispose();
  });

  test('refuses a peer of one class', () => {
    const world = createPeers(networksOf(FLAT, { ...FLAT, classes: 1 }));
    const message = 'dml: expected a student of at least two classes, received flat with 1';
    assert.throws(() => world.bind(mutual()), { name: 'InputError', message });
    world.dispose();
  });

  test('a run says which maps are compared', async () => {
    const [student, peer] = [FLAT, DEEP].map((options, i) =>
      smallNetwork(random(i), { ...options, input: [4, 4, 1], classes: 3 }),
    ) as [Network, Network];
    const training = { epochs: 1, batch: 6 };
    const result = await train({ student, peers: [peer], method: mutual(ie(at())), data: tinyData({ train: 6 }), training });
    assert.equal(describeRun(result.facts)[2], 'Compared: stage1, stage2, stage3 (student), layer2, layer3, layer5 (peer1).');
    for (const one of [result, student, peer]) one.dispose();
  });
});

describe('dropout', () => {
  const twin = (rate: number): Network => buildNetwork({ name: 'wrn-10-1', input: [8, 8, 3], dropout: rate }, random(1));
  /** The divergence of each round between networks of equal weights. */
  function divergences(rate: number, source: Random | undefined): number[] {
    const world = createPeers([twin(rate), twin(rate)]);
    const { terms } = world.objective(mutual());
    const found = tf.tidy(() => [0, 1].map((round) => number(terms(batch(), clock, source, round)[1]?.value as tf.Scalar)));
    world.dispose();
    return found;
  }

  test('equal networks drop different values, the same in each round and for the same random numbers', () => {
    for (const value of divergences(0, undefined)) assert.ok(Math.abs(value) < 1e-6, `${value}`);
    const dropped = divergences(0.3, random(5));
    for (const value of dropped) assert.ok(value > 1e-3, `${value}`);
    assert.deepEqual(divergences(0.3, random(5)), dropped);
    assert.notDeepEqual(divergences(0.3, random(6)), dropped);
  });

  test('a frozen teacher in training mode drops values of its own', () => {
    const [student, teacher] = [twin(0.3), twin(0.3)];
    const base = supervised().build({ student, teachers: [teacher], random: random(0) });
    let logits: tf.Tensor2D[] = [];
    const objective = studentObjective([student], [teacher], {
      ...base,
      teacherMode: 'training',
      terms: (step) => {
        logits = [step.student.logits, step.teachers[0]?.logits as tf.Tensor2D];
        return base.terms(step);
      },
    });
    tf.tidy(() => {
      objective.terms(batch(), clock, random(5));
      const [own, other] = logits.map((x) => [...x.dataSync()]);
      assert.notDeepEqual(own, other);
    });
    for (const one of [student, teacher]) one.dispose();
  });
});
