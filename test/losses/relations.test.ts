/** Losses of relations and features against PyTorch's in float64 (`test/golden/relations_reference.py`), to 1e-6 of the largest value. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { gaussianLikelihood } from 'iekd/dist/losses/features/gaussianLikelihood';
import { maximumMeanDiscrepancy, type SelectivityKernel } from 'iekd/dist/losses/features/maximumMeanDiscrepancy';
import { similarityDistance, similarityMagnitude } from 'iekd/dist/losses/relations/batchSimilarity';
import { congruenceDistance, congruenceMagnitude } from 'iekd/dist/losses/relations/kernelCorrelation';
import { neighbourDivergence, neighbourMagnitude } from 'iekd/dist/losses/relations/neighbourProbabilities';
import { pearsonDistance } from 'iekd/dist/losses/relations/pearsonRelations';
import { anglePotential, distancePotential, potentialMagnitude } from 'iekd/dist/losses/relations/relationalPotentials';
import { nst } from 'iekd/dist/methods/matchers/features/nst';
import { vid } from 'iekd/dist/methods/matchers/features/vid';
import { cc } from 'iekd/dist/methods/matchers/relations/cc';
import { distFeature } from 'iekd/dist/methods/matchers/relations/distFeature';
import { pkt } from 'iekd/dist/methods/matchers/relations/pkt';
import { rkd } from 'iekd/dist/methods/matchers/relations/rkd';
import { type Loss, testRows } from './goldenRows';

const selective =
  (kernel: SelectivityKernel): Loss =>
  (a, b) =>
    maximumMeanDiscrepancy(a as tf.Tensor4D, b as tf.Tensor4D, kernel);

const LOSSES: Readonly<Record<string, Loss>> = {
  SP: similarityDistance,
  'SP, exploration': similarityMagnitude,
  PKT: (a, b) => neighbourDivergence(a, b),
  'PKT, all pairs': (a, b) => pkt({ pairs: 'all' }).distance.of([a], [b]),
  'RKD, distances': distancePotential,
  'RKD, angles': anglePotential,
  'RKD, 25 and 50': (a, b) => rkd().distance.of([a], [b]),
  CC: (a, b) => congruenceDistance(a, b),
  'CC, gamma 0.7, order 4': (a, b) => cc({ gamma: 0.7, order: 4 }).distance.of([a], [b]),
  'DIST, inter': (a, b) => pearsonDistance(a, b, 'inter'),
  'DIST, intra': (a, b) => pearsonDistance(a, b, 'intra'),
  DIST: (a, b) => distFeature({ inter: 2, intra: 3 }).distance.of([a], [b]),
  'NST, polynomial': selective('polynomial'),
  'NST, gaussian': selective('gaussian'),
  'NST, linear': selective('linear'),
  VID: (a, b) => vid().distance.of([a, tf.tensor([0.5, 1, 2], [1, 1, 1, 3])], [b]),
};

before(() => tf.setBackend('cpu'));

describe('relations as PyTorch has them', () => testRows('relations.json', LOSSES, 1e-6));

describe('what the formulas promise', () => {
  const batch = (count: number, seed: number, values = 6): tf.Tensor2D => tf.randomNormal([count, values], 0, 1, 'float32', seed);
  const number = (x: tf.Scalar): number => x.dataSync()[0] as number;

  /** Between images of a batch, with the bound of each. */
  const between: readonly (readonly [string, Loss, number])[] = [
    ['SP', similarityDistance, 4],
    ['SP, exploration', similarityMagnitude, 1],
    ['PKT', (a, b) => neighbourDivergence(a, b), 17],
    ['PKT, exploration', neighbourMagnitude, 1],
    ['RKD, distances', distancePotential, Number.POSITIVE_INFINITY],
    ['RKD, angles', anglePotential, 1.5],
    ['RKD, exploration', potentialMagnitude, 1],
    ['CC', (a, b) => congruenceDistance(a, b), 1],
    ['CC, exploration', (a, b) => congruenceMagnitude(a, b), 1],
  ];
  for (const [name, loss, bound] of between) {
    test(`${name}: within its bound, and blind to scale, to turns of either space and to its size`, () => {
      tf.tidy(() => {
        const [a, b] = [batch(8, 1), batch(8, 2, 9)];
        const value = number(loss(a, b));
        assert.ok(value > 0 && value <= bound + 1e-6, `${value}`);
        const turned = tf.matMul(a, tf.linalg.qr(batch(6, 3))[0] as tf.Tensor2D);
        assert.ok(Math.abs(number(loss(tf.mul(turned, 4), tf.mul(b, 0.5))) / value - 1) < 1e-4);
      });
    });

    test(`${name}: of one image, of two, of equal images and of zeros it and its gradient are finite`, () => {
      tf.tidy(() => {
        for (const x of [batch(1, 1), batch(2, 1), tf.ones([5, 6]), tf.zeros([5, 6])]) {
          const { value, grad } = tf.valueAndGrad((y) => loss(y, batch(x.shape[0] as number, 2)))(x);
          assert.ok([...value.dataSync(), ...grad.dataSync()].every(Number.isFinite), `${x.shape}`);
          assert.ok(Math.max(...grad.dataSync().map(Math.abs)) < 1e4, `${x.shape}: ${grad}`);
        }
      });
    });
  }

  test('exploration is at its bound for a relation with itself, and 0 for a batch of one', () => {
    tf.tidy(() => {
      for (const loss of [similarityMagnitude, neighbourMagnitude, potentialMagnitude, congruenceMagnitude] as const) {
        assert.ok(Math.abs(number(loss(batch(6, 1), batch(6, 1))) - 1) < 1e-5);
        assert.equal(number(loss(batch(1, 1), batch(1, 2))), 0);
      }
    });
  });

  const refused: readonly (readonly [string, () => unknown, string])[] = [
    [
      'other images',
      () => similarityDistance(batch(3, 1), batch(4, 1)),
      'similarityDistance: expected factors of 4 images, received [3,6]',
    ],
    [
      'no factors',
      () => neighbourDivergence(tf.zeros([3]), batch(3, 1)),
      'neighbourDivergence: expected factors of 3 images, received [3]',
    ],
    [
      'a number',
      () => anglePotential(1 as unknown as tf.Tensor, batch(3, 1)),
      'anglePotential: a: expected a tensor, received 1',
    ],
    [
      'other channels',
      () => pearsonDistance(batch(3, 1), batch(3, 1, 7), 'inter'),
      'pearsonDistance: expected two factors of shape [3,7], received [3,6]',
    ],
    [
      'maps of other sizes',
      () => maximumMeanDiscrepancy(tf.zeros([2, 4, 4, 3]), tf.zeros([2, 2, 2, 3])),
      'maximumMeanDiscrepancy: expected a map of batch, height and width [2,2,2], received [2,4,4,3]',
    ],
    [
      'a mean of another shape',
      () => gaussianLikelihood(batch(3, 1), batch(3, 1, 7)),
      'gaussianLikelihood: expected a map of shape [3,7], received [3,6]',
    ],
    [
      'a kernel of its own',
      () => nst({ kernel: 'rbf' as 'linear' }),
      'nst: kernel: expected one of polynomial, gaussian, linear, received "rbf"',
    ],
    ['a gamma of 0', () => cc({ gamma: 0 }), 'cc: gamma: expected a number above 0, received 0'],
    ['an order of 0', () => cc({ order: 0 }), 'cc: order: expected an integer from 1, received 0'],
    ['other pairs', () => pkt({ pairs: 'none' as 'all' }), 'pkt: pairs: expected one of different, all, received "none"'],
    [
      'no share',
      () => rkd({ distance: 0, angle: 0 }),
      'rkd: expected a share of distance or angle above 0, received {"distance":0,"angle":0}',
    ],
    ['a share below 0', () => rkd({ angle: -1 }), 'rkd: angle: expected a number from 0, received -1'],
    [
      'no share of DIST',
      () => distFeature({ inter: 0, intra: 0 }),
      'dist-feature: expected a share of inter or intra above 0, received {"inter":0,"intra":0}',
    ],
    ['a variance of 0', () => vid({ variance: 0 }), 'vid: variance: expected a number in [0.001, 50], received 0'],
    [
      'an unknown option',
      () => rkd({ beta: 1 } as object),
      'rkd: expected options among feature, distance, angle, received "beta"',
    ],
  ];
  for (const [name, act, message] of refused) {
    test(`refuses ${name}`, () => tf.tidy(() => assert.throws(act, { name: 'InputError', message })));
  }
});
