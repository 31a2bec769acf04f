/**
 * Every loss: values worked out by hand (to 1e-6), gradients against numeric differentiation, bounds reached at the extremes,
 * and what is refused. Larger cases are held against PyTorch's in test/golden.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { cosineDistance, cosineMagnitude } from 'iekd/dist/losses/cosine';
import { crossEntropy } from 'iekd/dist/losses/crossEntropy';
import { kd } from 'iekd/dist/losses/kdLoss';
import { klDivergence } from 'iekd/dist/losses/kl';
import { meanAbsolute } from 'iekd/dist/losses/meanAbsolute';
import { normalisedL1, normalisedL2 } from 'iekd/dist/losses/normalisedDistance';
import { reconstruction } from 'iekd/dist/losses/reconstruction';
import { random } from 'iekd/dist/util/rng';
import { checkGradient } from './differentiate';

before(() => tf.setBackend('cpu'));

type Rows = readonly (readonly number[])[];
type Loss = (a: tf.Tensor2D, b: tf.Tensor2D) => tf.Scalar;

const labels = (...list: number[]): tf.Tensor1D => tf.tensor1d(list, 'int32');
const value = (f: () => tf.Scalar): number => {
  const before = tf.memory().numTensors;
  const result = tf.tidy(() => f().dataSync()[0] as number);
  assert.equal(tf.memory().numTensors, before, 'tensors leaked');
  return result;
};
const rows = (r: Rows): tf.Tensor2D => tf.tensor2d(r.map((row) => [...row]));
const log = Math.log;

// Class 0 at odds 1 : 1, and class 2 at odds 8 : 2.
const logits: Rows = [
  [log(2), log(1), log(1)],
  [log(1), log(1), log(8)],
];
const teacher: Rows = [
  [log(1), log(2), log(1)],
  [log(1), log(1), log(8)],
];
// p = (1/4, 1/2, 1/4), q = (1/2, 1/4, 1/4): Σ p log(p/q) = log(2) / 4; the second image adds 0.
const divergence = log(2) / 8;

describe('values', () => {
  const root = Math.SQRT1_2;
  const cases: readonly (readonly [string, Loss, a: Rows, b: Rows, expected: number])[] = [
    ['crossEntropy', (a) => crossEntropy(a, labels(0, 2)), logits, logits, -(log(1 / 2) + log(8 / 10)) / 2],
    ['crossEntropy of equal logits is ln(classes)', (a) => crossEntropy(a, labels(1)), [[5, 5, 5, 5]], [[0]], log(4)],
    ['crossEntropy does not overflow', (a) => crossEntropy(a, labels(0)), [[1e4, -1e4]], [[0]], 0],
    ['klDivergence', klDivergence, logits, teacher, divergence],
    ['klDivergence of equal logits', klDivergence, logits, logits, 0],
    ['klDivergence at a temperature divides logits', (a, b) => klDivergence(a, b, 2), twice(logits), twice(teacher), divergence],
    ['klDivergence does not overflow', klDivergence, [[0, 800]], [[0, 800]], 0],
    [
      'kd',
      (a, b) => kd(a, b, labels(0, 2), { alpha: 0.75, temperature: 2 }),
      twice(logits),
      twice(teacher),
      0.25 * -((log(4 / 6) + log(64 / 66)) / 2) + 0.75 * 4 * divergence,
    ],
    [
      'kd with α = 0 is the cross-entropy',
      (a, b) => kd(a, b, labels(0, 2), { alpha: 0 }),
      logits,
      teacher,
      -(log(1 / 2) + log(8 / 10)) / 2,
    ],
    // (3, 4) / 5 against (0, 1); the second rows point the same way.
    [
      'normalisedL1',
      normalisedL1,
      [
        [3, 4],
        [1, 1],
      ],
      [
        [0, 7],
        [2, 2],
      ],
      (0.6 + 0.2) / 4,
    ],
    ['normalisedL1 of orthogonal rows', normalisedL1, [[1, 0]], [[0, 9]], 1],
    [
      'normalisedL2',
      normalisedL2,
      [
        [3, 4],
        [1, 1],
      ],
      [
        [0, 7],
        [2, 2],
      ],
      Math.sqrt((0.36 + 0.04) / 4),
    ],
    ['normalisedL2 of opposite rows is its bound 2/√D', normalisedL2, [[1, 2, 2, 4]], [[-1, -2, -2, -4]], 1],
    [
      'cosineDistance',
      cosineDistance,
      [
        [3, 4],
        [1, 1],
      ],
      [
        [0, 7],
        [2, 2],
      ],
      1 - (0.8 + 1) / 2,
    ],
    ['cosineDistance of opposite rows is its bound 2', cosineDistance, [[1, 2]], [[-2, -4]], 2],
    [
      'cosineMagnitude',
      cosineMagnitude,
      [
        [3, 4],
        [1, 0],
      ],
      [
        [0, -7],
        [1, 1],
      ],
      (0.8 + root) / 2,
    ],
    ['cosineMagnitude of orthogonal rows', cosineMagnitude, [[1, 1]], [[-3, 3]], 0],
    [
      'reconstruction',
      reconstruction,
      [
        [1, -2],
        [0, 4],
      ],
      [
        [1, 1],
        [0.5, 3],
      ],
      4.5 / 4,
    ],
    ['meanAbsolute', (a) => meanAbsolute(a), [[1, -2, 0]], [[0]], 1],
  ];
  for (const [name, loss, a, b, expected] of cases) {
    test(name, () => {
      const received = value(() => loss(rows(a), rows(b)));
      assert.ok(Math.abs(received - expected) <= 1e-6, `expected ${expected}, received ${received}`);
    });
  }
});

describe('bounds and landmarks', () => {
  test('normalisedL1 reaches 2/√D for opposite rows of equal entries, 0.0442 at D = 2048', () => {
    const received = value(() => normalisedL1(tf.ones([3, 2048]), tf.fill([3, 2048], -5)));
    assert.ok(Math.abs(received - 2 / Math.sqrt(2048)) < 1e-7, `${received}`);
  });

  // Leaky rectified normals of slope 0.1, D = 2048, 16 pairs: mean over pairs, whose spread is below 1 %.
  const unrelated: readonly (readonly [string, (a: tf.Tensor, b: tf.Tensor) => tf.Scalar, number])[] = [
    ['normalisedL1', normalisedL1, 0.0193],
    ['normalisedL2', normalisedL2, 0.02697],
    ['cosineDistance', cosineDistance, 0.7447],
    ['cosineMagnitude', cosineMagnitude, 0.2553],
  ];
  for (const [name, loss, expected] of unrelated) {
    test(`${name} of unrelated factors is near ${expected} (2 %)`, () => {
      const received = value(() => loss(leakyNormals('a'), leakyNormals('b')));
      assert.ok(Math.abs(received / expected - 1) < 0.02, `${received}`);
    });
  }

  const distances: readonly (readonly [string, Loss])[] = [
    ['normalisedL1', normalisedL1],
    ['normalisedL2', normalisedL2],
    ['reconstruction', reconstruction],
  ];
  for (const [name, loss] of distances) {
    test(`${name}: equal inputs are at rest, value 0 and gradient 0`, () => {
      tf.tidy(() => {
        const x = rows([
          [3, 4, -1],
          [1, 0, 2],
        ]);
        const { value: v, grad } = tf.valueAndGrad((a) => loss(a as tf.Tensor2D, x))(x.clone());
        assert.ok((v.dataSync()[0] as number) <= 1e-12);
        assert.deepEqual([...grad.dataSync()].map(Math.abs), [0, 0, 0, 0, 0, 0]);
      });
    });
  }

  test('a row of zeros stays finite in value and gradient', () => {
    for (const loss of [normalisedL1, normalisedL2, cosineDistance, cosineMagnitude]) {
      tf.tidy(() => {
        const { value: v, grad } = tf.valueAndGrad((a) => loss(a, rows([[1, 2]])))(rows([[0, 0]]));
        assert.ok([...v.dataSync(), ...grad.dataSync()].every(Number.isFinite), loss.name);
      });
    }
  });
});

describe('gradients (numeric differentiation, 2 %)', () => {
  // No entry is near a kink: differences of the normalised rows are beyond the step of 0.01.
  const a = [0.9, -1.3, 0.4, 2.1, -0.7, 1.1];
  const b: Rows = [
    [1.6, 0.2, -0.8],
    [-0.3, 0.9, 1.4],
  ];
  const losses: readonly (readonly [string, Loss])[] = [
    ['crossEntropy', (x) => crossEntropy(x, labels(2, 0))],
    ['klDivergence', (x, y) => klDivergence(x, y)],
    ['klDivergence at T = 3', (x, y) => klDivergence(x, y, 3)],
    ['kd', (x, y) => kd(x, y, labels(1, 1), { alpha: 0.6, temperature: 3 })],
    ['normalisedL1', normalisedL1],
    ['normalisedL2', normalisedL2],
    ['cosineDistance', cosineDistance],
    ['cosineMagnitude', cosineMagnitude],
    ['reconstruction', reconstruction],
    ['meanAbsolute, weighted', (x, y) => tf.mul(meanAbsolute(tf.sub(x, y)), 3)],
  ];
  for (const [name, loss] of losses) {
    test(name, () => {
      const other = rows(b);
      checkGradient((x) => loss(x, other), [2, 3], a);
      other.dispose();
    });
  }
});

describe('refused', () => {
  const cases: readonly (readonly [string, () => unknown, string])[] = [
    [
      'factors of different shapes',
      () => normalisedL1(tf.ones([2, 3]), tf.ones([2, 4])),
      'normalisedL1: expected two factors of shape [2,4], received [2,3]',
    ],
    [
      'factors without a batch',
      () => normalisedL2(tf.ones([3]), tf.ones([3])),
      'normalisedL2: expected two factors of shape [3], received [3]',
    ],
    [
      'cosines of different shapes',
      () => cosineDistance(tf.ones([2, 3]), tf.ones([3, 2])),
      'cosineDistance: expected two factors of shape [3,2], received [2,3]',
    ],
    [
      'a reconstruction of another shape',
      () => reconstruction(tf.ones([2, 3]), tf.ones([2, 2])),
      'reconstruction: expected a map of shape [2,3], received [2,2]',
    ],
    [
      'logits of different classes',
      () => klDivergence(tf.ones([2, 3]), tf.ones([2, 4])),
      'klDivergence: expected logits of shape [2,4], received [2,3]',
    ],
    [
      'a temperature of 0',
      () => klDivergence(tf.ones([2, 3]), tf.ones([2, 3]), 0),
      'klDivergence: temperature: expected a number above 0, received 0',
    ],
    [
      'an alpha beyond 1',
      () => kd(tf.ones([1, 2]), tf.ones([1, 2]), labels(0), { alpha: 1.5 }),
      'kd: alpha: expected a number in [0, 1], received 1.5',
    ],
  ];
  for (const [name, act, message] of cases) {
    test(name, () => tf.tidy(() => assert.throws(act, { name: 'InputError', message })));
  }
});

function twice(r: Rows): Rows {
  return r.map((row) => row.map((v) => 2 * v));
}

function leakyNormals(name: string): tf.Tensor2D {
  const stream = random(0).stream(name);
  const data = Float32Array.from({ length: 16 * 2048 }, () => stream.normal()).map((x) => (x > 0 ? x : 0.1 * x));
  return tf.tensor2d(data, [16, 2048]);
}
