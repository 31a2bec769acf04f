/** Losses and their gradients against PyTorch's in float64 (`test/golden/losses_reference.py`), to 1e-5 of the largest value. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { attentionMap, meanNorm, meanSquare } from 'iekd/dist/losses/attention';
import { boundaryDistance, boundarySign } from 'iekd/dist/losses/boundary';
import { ckaLinear, ckaRbf } from 'iekd/dist/losses/cka';
import { gram } from 'iekd/dist/losses/gram';
import { kd } from 'iekd/dist/losses/kdLoss';
import { klDivergence } from 'iekd/dist/losses/kl';
import { partialL2 } from 'iekd/dist/losses/partialL2';
import { virtualTeacherDivergence } from 'iekd/dist/losses/virtualTeacher';
import type { Factor, Matcher } from 'iekd/dist/methods/matcher';
import { ab } from 'iekd/dist/methods/matchers/features/ab';
import { ft } from 'iekd/dist/methods/matchers/features/ft';
import { fsp } from 'iekd/dist/methods/matchers/relations/fsp';
import { tfKdSelf } from 'iekd/dist/methods/tfKdSelf';
import type { ForwardResult, Network } from 'iekd/dist/models/types';
import { random } from 'iekd/dist/util/rng';
import { weightedSum } from '../fixtures/methodNetworks';
import { type Loss, testRows } from './goldenRows';

const labels = (): tf.Tensor1D => tf.tensor1d([2, 0, 1], 'int32');
const map = (x: tf.Tensor): tf.Tensor3D => attentionMap(x as tf.Tensor4D);
const maps = (x: tf.Tensor): tf.Tensor4D => x as tf.Tensor4D;
const logits = (x: tf.Tensor): tf.Tensor2D => x as tf.Tensor2D;

const LOSSES: Readonly<Record<string, Loss>> = {
  'attention, mean square': (a, b) => meanSquare(map(a), map(b)),
  'attention, norm': (a, b) => meanNorm(map(a), map(b)),
  'partial L2': partialL2,
  'boundary, margin 1': boundaryDistance,
  'boundary, margin 0.5': (a, b) => boundaryDistance(a, b, 0.5),
  'gram of a larger and a smaller map': (a, b) => tf.mean(tf.square(gram(maps(a), maps(b), 'average'))),
  'mean square': meanSquare,
  'virtual teacher, T 20': (a) => virtualTeacherDivergence(logits(a), labels()),
  'virtual teacher, T 3, softened student': (a) =>
    virtualTeacherDivergence(logits(a), labels(), { temperature: 3, student: 'paper' }),
  'CKA, linear': ckaLinear,
  'CKA, RBF': (a, b) => ckaRbf(a, b),
  'CKA, RBF, five images': (a, b) => ckaRbf(a, b),
  'KD, alpha 0.7, T 3': (a, b) => kd(logits(a), logits(b), labels(), { alpha: 0.7, temperature: 3 }),
  'gram, max pooling': (a, b) => tf.mean(tf.square(gram(maps(a), maps(b)))),
  'FSP, two sections': (a, b) => fsp().distance.of(flow(maps(a)), flow(maps(b))),
  'AB, three layers': (a, b) => ab().distance.of([a, tf.mul(a, 2), tf.mul(a, 3)], [b, b, b].map(boundarySign)),
  'AB, exploration': (a, b) => repulsion(ab())([a], [boundarySign(b)]),
  'AB, second stage': (a, b) => klDivergence(logits(a), logits(b), 3),
  'Tf-KD by self-training': (a, b) => selfTraining(logits(a), logits(b), 0.5),
  'factors, L1': (a, b) => ft().distance.of([a], [b]),
  'factors, L2': (a, b) => ft({ distance: 'l2' }).distance.of([a], [b]),
  'factors, cosine': (a, b) => ft({ distance: 'cosine' }).distance.of([a], [b]),
  'factors, cosine, exploration': (a, b) => repulsion(ft({ distance: 'cosine' }))([a], [b]),
};

/** Gram matrices of two sections of three maps made of one: x with x², x² with x³. */
function flow(x: tf.Tensor4D): tf.Tensor[] {
  const square = tf.mul(x, x) as tf.Tensor4D;
  return [gram(x, square), gram(square, tf.mul(square, x) as tf.Tensor4D)];
}

function repulsion(matcher: Matcher): (factor: Factor, target: Factor) => tf.Scalar {
  return typeof matcher.distance.repulsion === 'function' ? matcher.distance.repulsion : assert.fail();
}

/** The whole loss of the method, on networks of which nothing but the description is asked. */
function selfTraining(student: tf.Tensor2D, teacher: tf.Tensor2D, multiplier: number): tf.Scalar {
  const network = { spec: { name: 'any' } } as Network;
  const bound = tfKdSelf({ multiplier }).build({ student: network, teachers: [network], random: random(0) });
  const [a, b] = [student, teacher].map((x) => ({ logits: x, features: {} })) as [ForwardResult, ForwardResult];
  const terms = bound.terms({ student: a, teachers: [b], targets: [labels()], clock: { step: 0, epoch: 0, epochs: 1 } });
  return weightedSum(terms);
}

before(() => tf.setBackend('cpu'));

describe('losses as PyTorch has them', () => testRows('losses.json', LOSSES, 1e-5));

describe('what the formulas promise', () => {
  const a = (): tf.Tensor4D => tf.randomNormal([4, 4, 4, 6], 0, 1, 'float32', 1);
  const b = (): tf.Tensor4D => tf.randomNormal([4, 4, 4, 6], 0, 1, 'float32', 2);
  const number = (x: tf.Scalar): number => x.dataSync()[0] as number;

  const scaled: readonly (readonly [string, Loss])[] = [
    ['attention', (x, y) => meanSquare(map(x), map(y))],
    ['linear CKA', ckaLinear],
    ['RBF CKA', (x, y) => ckaRbf(x, y)],
  ];
  for (const [name, loss] of scaled) {
    test(`${name}: 0 for equal inputs, the same for a multiple of either, within its bound`, () => {
      tf.tidy(() => {
        const value = number(loss(a(), b()));
        assert.ok(value > 1e-4 && value <= 1);
        assert.ok(Math.abs(number(loss(a(), a()))) < 1e-6);
        assert.ok(Math.abs(number(loss(tf.mul(a(), 3), tf.mul(b(), 0.25))) / value - 1) < 1e-4);
      });
    });
  }

  test('CKA of one image, or of equal images, is 1 and its gradient finite', () => {
    tf.tidy(() => {
      for (const [x, y] of [
        [tf.ones([1, 3]), tf.ones([1, 2])],
        [tf.ones([4, 3]), tf.ones([4, 2])],
      ] as const) {
        for (const loss of [ckaLinear, ckaRbf]) {
          const { value, grad } = tf.valueAndGrad((z) => loss(z, y))(x);
          assert.equal(number(value as tf.Scalar), 1);
          assert.ok([...grad.dataSync()].every(Number.isFinite), loss.name);
        }
      }
    });
  });

  test('partial L2 leaves a value alone that is below a target that is not positive; the boundary asks for a margin', () => {
    tf.tidy(() => {
      const one = (x: number): tf.Tensor2D => tf.tensor2d([[x]]);
      assert.deepEqual([number(partialL2(one(-3), one(-1))), number(partialL2(one(0), one(-1)))], [0, 1]);
      assert.equal(number(partialL2(one(-3), one(1))), 16);
      assert.deepEqual(
        [-2, -1, 0, 1].map((s) => number(boundaryDistance(one(s), one(0)))),
        [0, 0, 1, 4],
      );
      assert.deepEqual(
        [-1, 0, 1, 2].map((s) => number(boundaryDistance(one(s), one(9)))),
        [4, 1, 0, 0],
      );
    });
  });

  const refused: readonly (readonly [string, () => unknown, string])[] = [
    [
      'maps of different shapes',
      () => partialL2(tf.ones([1, 2]), tf.ones([1, 3])),
      'partialL2: expected a map of shape [1,3], received [1,2]',
    ],
    [
      'boundaries of different shapes',
      () => boundaryDistance(tf.ones([1, 2]), tf.ones([1, 3])),
      'boundaryDistance: expected a map of shape [1,3], received [1,2]',
    ],
    [
      'a negative margin',
      () => boundaryDistance(tf.ones([1]), tf.ones([1]), -1),
      'boundaryDistance: margin: expected a number from 0, received -1',
    ],
    [
      'squares of different shapes',
      () => meanSquare(tf.ones([1, 2]), tf.ones([2])),
      'meanSquare: expected a map of shape [2], received [1,2]',
    ],
    [
      'norms of different shapes',
      () => meanNorm(tf.ones([1, 2]), tf.ones([2])),
      'meanNorm: expected a map of shape [2], received [1,2]',
    ],
    [
      'CKA of different batches',
      () => ckaLinear(tf.ones([2, 2]), tf.ones([3, 2])),
      'ckaLinear: expected factors of 3 images, received [2,2]',
    ],
    [
      'sizes that do not divide',
      () => gram(tf.ones([1, 5, 5, 2]), tf.ones([1, 2, 2, 2])),
      'gram: expected a map whose size 2×2 divides, received [5,5]',
    ],
    [
      'one class',
      () => virtualTeacherDivergence(tf.ones([1, 1]), tf.tensor1d([0], 'int32')),
      'virtualTeacherDivergence: classes: expected an integer from 2, received 1',
    ],
  ];
  for (const [name, act, message] of refused) {
    test(`refuses ${name}`, () => tf.tidy(() => assert.throws(act, { name: 'InputError', message })));
  }
});
