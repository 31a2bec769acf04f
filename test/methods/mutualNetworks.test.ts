/** Mutual learning of real networks: which term reaches which variables, statistics that move once, three networks. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { ie } from 'iekd/dist/methods/ie';
import { kdMethod } from 'iekd/dist/methods/kd';
import { ft } from 'iekd/dist/methods/matchers/features/ft';
import { mutual } from 'iekd/dist/methods/mutual';
import { buildNetwork } from 'iekd/dist/models/index';
import type { Network } from 'iekd/dist/models/types';
import type { LossTerm, Objective } from 'iekd/dist/optim/objective';
import { studentObjective } from 'iekd/dist/training/studentObjective';
import { random } from 'iekd/dist/util/rng';
import { CLOCK, createPeers, images, number, type Peers, weightedSum } from '../fixtures/methodNetworks';

let world: Peers;
before(async () => {
  await tf.setBackend('cpu');
  world = createPeers();
});
after(() => world.dispose());

const batch = () => ({ images: images(), targets: [tf.tensor1d([0, 3, 9, 3], 'int32')] });

describe('who is reached by what', () => {
  /** Prefixes of the variables that have a gradient. */
  function reached(objective: Objective, round: number, only?: string): string[] {
    return tf.tidy(() => {
      const list = objective.variables.parameters();
      const { grads } = tf.variableGrads(
        () =>
          weightedSum(
            objective.terms(batch(), CLOCK, undefined, round).filter(({ name }) => only === undefined || name === only),
          ),
        list.map((p) => p.variable),
      );
      const names = list.filter(({ variable }) => grads[variable.name]).map(({ name }) => name);
      return [...new Set(names.map((name) => name.replace(/(network|peer\d)\/.*|\.(encode|decode)\..*/, '$1')))];
    });
  }
  const own = (self: string, other: string, net: string): string[] => [
    net,
    `method/${self}.${other}.inheritance`,
    `method/${self}.${other}.exploration`,
    `method/${self}.target`,
  ];

  test('in turn, each network with its encoders', () => {
    const objective = world.objective(mutual(ie(ft())));
    assert.equal(objective.rounds, 2);
    assert.deepEqual(reached(objective, 0), own('student', 'peer1', 'network'));
    assert.deepEqual(reached(objective, 1), own('peer1', 'student', 'peer1'));
  });

  test('each term its own part: a reconstruction trains the encoder alone', () => {
    const objective = world.objective(mutual(ie(ft())));
    const rows: readonly (readonly [string, string[]])[] = [
      ['task', ['network']],
      ['kl', ['network']],
      ['inheritance', ['network', 'method/student.peer1.inheritance']],
      ['exploration', ['network', 'method/student.peer1.exploration']],
      ['reconstruction', ['method/student.target']],
    ];
    for (const [term, expected] of rows) assert.deepEqual(reached(objective, 0, term), expected, term);
  });

  test('at once, all of them, each by its own terms', () => {
    const objective = world.objective(mutual(ie(ft()), { updates: 'simultaneous' }));
    assert.equal(objective.rounds, 1);
    const all = [own('student', 'peer1', 'network'), own('peer1', 'student', 'peer1')].flat().sort();
    assert.deepEqual(reached(objective, 0).sort(), all);
    assert.deepEqual(reached(objective, 0, 'peer1.inheritance'), ['peer1', 'method/peer1.student.inheritance']);
    assert.deepEqual(reached(objective, 0, 'peer1.reconstruction'), ['method/peer1.target']);
  });

  for (const updates of ['alternate', 'simultaneous'] as const) {
    test(`${updates}: every network’s statistics move once a step, and nothing leaks`, () => {
      const network = (seed: number): Network => buildNetwork({ name: 'resnet8', input: [8, 8, 3] }, random(seed));
      const [twins, fresh] = [[1, 2].map(network), [1, 2].map(network) as [Network, Network]];
      const distillation = mutual(ie(ft()), { updates }).build({
        student: fresh[0],
        peers: [fresh[1]],
        teachers: [],
        random: random(4),
      });
      const objective = studentObjective([fresh[0], fresh[1]], [], distillation);
      const count = tf.memory().numTensors;
      tf.tidy(() => {
        for (let round = 0; round < (objective.rounds ?? 1); round++) {
          tf.variableGrads(
            () => weightedSum(objective.terms(batch(), CLOCK, undefined, round)),
            objective.variables.parameters().map((p) => p.variable),
          );
        }
        for (const twin of twins) twin.forward(images(), { training: true });
      });
      assert.equal(tf.memory().numTensors, count);
      for (const [i, twin] of twins.entries()) assert.deepEqual(fresh[i]?.variables.snapshot(), twin.variables.snapshot());
      for (const one of [...twins, ...fresh, distillation]) one.dispose();
    });
  }

  test('a method that needs no features is one of the terms', () => {
    const names = tf.tidy(() =>
      world
        .objective(mutual(kdMethod()))
        .terms(batch(), CLOCK, undefined, 1)
        .map((t) => t.name),
    );
    assert.deepEqual(names, ['peer1.task', 'peer1.kd', 'peer1.kl']);
  });
});

describe('three networks', () => {
  test('a half is compared with every peer through sides of its own; the mean is the term', () => {
    const distillation = world.bind(mutual(ie(ft(), { split: 'random' })), 3);
    const roots = distillation.variables.entries().map(({ name }) => name.replace(/\.(encode|decode)\..*/, ''));
    const parts = (self: string, others: string[]): string[] => [
      ...others.flatMap((other) => [`${self}.${other}.inheritance`, `${self}.${other}.exploration`]),
      `${self}.target`,
    ];
    assert.deepEqual(
      [...new Set(roots)],
      [...parts('student', ['peer1', 'peer2']), ...parts('peer1', ['student', 'peer2']), ...parts('peer2', ['student', 'peer1'])],
    );
    assert.deepEqual(distillation.rounds, [[0], [1], [2]]);
    tf.tidy(() => {
      const [student, ...peers] = world.networks.map((one) =>
        one.forward(images(), { training: true, features: distillation.features.student }),
      );
      const results = { student: student ?? assert.fail(), peers, teachers: [] };
      const terms = distillation.terms({ ...results, learners: [0], targets: batch().targets, clock: CLOCK });
      assert.deepEqual(
        terms.map((t) => t.name),
        ['task', 'inheritance', 'exploration', 'kl', 'reconstruction'],
      );
      const compared = distillation.compare(results, true);
      assert.deepEqual(
        compared.map((c) => c.branch),
        ['inheritance.peer1', 'exploration.peer1', 'inheritance.peer2', 'exploration.peer2'],
      );
      const distances = compared.map(({ factor, target }) => number(ft().distance.of(factor, target)));
      const [a = 0, b = 0, c = 0, d = 0] = distances;
      assert.notEqual(a, c);
      assert.ok(Math.abs(number((terms[1] as LossTerm).value) - (a + c) / 2) < 1e-7);
      assert.ok(Math.abs(number((terms[2] as LossTerm).value) - (b + d) / 2) < 1e-7);
    });
  });

  test('one split a network, stored and restored', () => {
    const [one, other] = [
      world.bind(mutual(ie(ft(), { split: 'random' })), 3),
      world.bind(mutual(ie(ft(), { split: 'random' })), 3),
    ];
    assert.deepEqual(one.state(), other.state());
    assert.deepEqual(Object.keys(one.state()), ['student', 'peer1', 'peer2']);
    const { student, peer1, peer2 } = one.state();
    assert.notDeepEqual(student, peer1);
    const swapped = JSON.parse(JSON.stringify({ student: peer1, peer1: student, peer2 }));
    one.restore(swapped);
    assert.deepEqual(one.state(), swapped);
    const x = () => world.networks.map((net) => net.forward(images(), { features: one.features.student }));
    tf.tidy(() => {
      const [a, ...peers] = x();
      const [before, now] = [other, one].map((d) =>
        d
          .compare({ student: a ?? assert.fail(), peers, teachers: [] }, false)
          .map(({ factor }) => [...(factor[0] as tf.Tensor).dataSync()]),
      );
      for (const [k, values] of (before ?? []).entries())
        assert.notDeepEqual(now?.[k], values, 'both lessons have the new split');
    });
    assert.throws(() => one.restore({ student: 3 }), {
      name: 'InputError',
      message: 'ie-dml: state: student: expected an object, received 3',
    });
  });
});
