/** Mutual learning: values and gradients by hand, names and options, and what is refused. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import type { DistillationStep } from 'iekd/dist/methods/distillation';
import { ie } from 'iekd/dist/methods/ie';
import { kdMethod } from 'iekd/dist/methods/kd';
import { match } from 'iekd/dist/methods/match';
import { feed } from 'iekd/dist/methods/matchers/features/feed';
import { fitnet } from 'iekd/dist/methods/matchers/features/fitnet';
import { ft } from 'iekd/dist/methods/matchers/features/ft';
import { od } from 'iekd/dist/methods/matchers/features/od';
import type { Method } from 'iekd/dist/methods/method';
import { mutual } from 'iekd/dist/methods/mutual';
import { supervised } from 'iekd/dist/methods/supervised';
import type { LossTerm } from 'iekd/dist/optim/objective';
import { weightAt } from 'iekd/dist/optim/weight';
import { CLOCK, createPeers, number, type Peers, weightedSum } from '../fixtures/methodNetworks';

let world: Peers;
before(async () => {
  await tf.setBackend('cpu');
  world = createPeers();
});
after(() => world.dispose());

describe('mutual learning by hand', () => {
  // Two images, three classes, three networks.
  const LOGITS = [
    [
      [1, 0, -1],
      [0.5, 2, 0],
    ],
    [
      [0, 0.3, 1],
      [-1, 0.2, 0.7],
    ],
    [
      [2, -0.5, 0],
      [0.1, 0.4, -0.3],
    ],
  ] as const;
  const LABELS = [2, 1];
  const softmax = (z: readonly number[]): number[] => {
    const e = z.map(Math.exp);
    const total = e.reduce((a, b) => a + b);
    return e.map((v) => v / total);
  };
  const task = (i: number): number =>
    LABELS.reduce((s, label, n) => s - Math.log(softmax(LOGITS[i]?.[n] ?? [])[label] as number), 0) / 2;
  /** KL(p_j ‖ p_i), mean over the two images. */
  const kl = (j: number, i: number): number =>
    [0, 1].reduce((s, n) => {
      const [p, q] = [softmax(LOGITS[j]?.[n] ?? []), softmax(LOGITS[i]?.[n] ?? [])];
      return s + p.reduce((t, v, c) => t + v * Math.log(v / (q[c] as number)), 0);
    }, 0) / 2;

  const step = (logits: readonly tf.Tensor[], learners: readonly number[]): DistillationStep => {
    const [student, ...peers] = logits.map((one) => ({ logits: one as tf.Tensor2D, features: {} }));
    return {
      student: student ?? assert.fail(),
      peers,
      teachers: [],
      learners,
      targets: [tf.tensor1d(LABELS, 'int32')],
      clock: CLOCK,
    };
  };
  const close = (actual: number, expected: number): void =>
    assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} ${expected}`);

  const rows: readonly (readonly [string, count: number, learners: number[], names: string[], values: () => number[]])[] = [
    ['the student’s round of two', 2, [0], ['task', 'kl'], () => [task(0), kl(1, 0)]],
    ['the peer’s round of two', 2, [1], ['peer1.task', 'peer1.kl'], () => [task(1), kl(0, 1)]],
    ['both at once', 2, [0, 1], ['task', 'kl', 'peer1.task', 'peer1.kl'], () => [task(0), kl(1, 0), task(1), kl(0, 1)]],
    [
      'three: the mean over two others',
      3,
      [0, 2],
      ['task', 'kl', 'peer2.task', 'peer2.kl'],
      () => [task(0), (kl(1, 0) + kl(2, 0)) / 2, task(2), (kl(0, 2) + kl(1, 2)) / 2],
    ],
  ];
  for (const [name, count, learners, names, values] of rows) {
    test(`values: ${name}`, () => {
      const distillation = world.bind(mutual(supervised(), { kl: 3 }), count);
      tf.tidy(() => {
        const terms = distillation.terms(
          step(
            LOGITS.slice(0, count).map((z) => tf.tensor2d(z.map((r) => [...r]))),
            learners,
          ),
        );
        assert.deepEqual(
          terms.map((t) => t.name),
          names,
        );
        for (const [k, value] of values().entries()) close(number((terms[k] as LossTerm).value), value);
        assert.deepEqual(
          terms.map((t) => t.weight),
          names.map((term) => (term.endsWith('kl') ? 3 : 1)),
        );
      });
    });
  }

  test('gradients: a network’s own terms alone, the others being constants', () => {
    const distillation = world.bind(mutual(supervised(), { kl: 0.5, updates: 'simultaneous' }));
    tf.tidy(() => {
      const [a, b] = LOGITS.slice(0, 2).map((z) => tf.tensor2d(z.map((r) => [...r]))) as [tf.Tensor2D, tf.Tensor2D];
      const found = tf.grads((x, y) => weightedSum(distillation.terms(step([x, y], [0, 1]))))([a, b]);
      for (const [i, gradient] of found.entries()) {
        const values = gradient.dataSync();
        for (const n of [0, 1]) {
          const [own, other] = [softmax(LOGITS[i]?.[n] ?? []), softmax(LOGITS[1 - i]?.[n] ?? [])];
          for (const [c, p] of own.entries()) {
            const hot = c === LABELS[n] ? 1 : 0;
            close(values[3 * n + c] as number, (p - hot + 0.5 * (p - (other[c] as number))) / 2);
          }
        }
      }
      const alone = tf.grad((y) => weightedSum(distillation.terms(step([a, y as tf.Tensor2D], [0]))));
      assert.throws(() => alone(b), /Cannot compute gradient of y=f\(x\) with respect to x/, 'the peer is not reached at all');
    });
  });

  test('the weight follows its schedule', () => {
    const distillation = world.bind(mutual(supervised(), { kl: { kind: 'step', base: 2, every: 4, factor: 0.5 } }));
    const weights = [0, 4, 9].map((epoch) =>
      tf.tidy(() => {
        const logits = LOGITS.slice(0, 2).map((z) => tf.tensor2d(z.map((r) => [...r])));
        return weightAt(distillation.terms(step(logits, [0]))[1]?.weight ?? Number.NaN, { ...CLOCK, epoch });
      }),
    );
    assert.deepEqual(weights, [2, 1, 0.5]);
  });
});

describe('names and options', () => {
  const rows: readonly (readonly [Method, string, object])[] = [
    [mutual(), 'dml', { kl: 1, updates: 'alternate' }],
    [mutual(supervised(), { updates: 'simultaneous' }), 'dml', { kl: 1, updates: 'simultaneous' }],
    [
      mutual(match(fitnet(), { weight: 7 })),
      'dml',
      {
        ...{ match: 'fitnet', feature: 'stage2', pretrain: 0, second: { task: 1, soft: 0, temperature: 4 }, weight: 7 },
        ...{ kl: 1, updates: 'alternate' },
      },
    ],
    [mutual(kdMethod()), 'kd-dml', { alpha: 0.9, temperature: 4, kl: 1, updates: 'alternate' }],
  ];
  for (const [method, name, options] of rows) {
    test(`${name} ${JSON.stringify(options)}`, () => {
      assert.deepEqual([method.name, method.options, method.teachers, method.peers], [name, options, 0, true]);
    });
  }
});

describe('refuses', () => {
  const rows: readonly (readonly [string, () => unknown, string])[] = [
    [
      'unknown options',
      () => mutual(ie(ft()), { weight: 1 } as object),
      'ie-dml: expected options among kl, updates, received "weight"',
    ],
    [
      'unknown updates',
      () => mutual(supervised(), { updates: 'both' } as object),
      'dml: updates: expected one of alternate, simultaneous, received "both"',
    ],
    ['a negative weight', () => mutual(supervised(), { kl: -1 }), 'dml: kl: expected a number from 0, received -1'],
    [
      'a method of two teachers',
      () => mutual(ie(feed())),
      'ie-dml: expected a method of one teacher or none, received ie-feed of 2',
    ],
    ['mutual learning itself', () => mutual(mutual()), 'dml-dml: expected a method without peers, received dml'],
    [
      'a matcher that reads its teacher once',
      () => mutual(ie(od())),
      'ie-dml: expected a matcher whose teacher may go on learning, received od, which reads its weights once',
    ],
    [
      'a method with a stage before',
      () => world.bind(mutual(match(fitnet({ pretrain: 3 })))),
      'dml: expected a method of one stage, or one whose teacher side can be fitted on line, received fitnet with a stage "pretrain" before it',
    ],
    ['no peer', () => world.bind(mutual(), 1), 'dml: expected at least one peer, received 0'],
  ];
  for (const [name, make, message] of rows) {
    test(name, () => {
      const count = tf.memory().numTensors;
      assert.throws(make, { name: 'InputError', message });
      assert.equal(tf.memory().numTensors, count);
    });
  }
});
