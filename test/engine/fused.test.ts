/**
 * The slow definitions of our own ops against formulas written out here in double precision: values, and gradients against central
 * differences of those formulas (step 1e-4). Tolerance 1e-4 relative + 1e-5 absolute for both. The other engines are compared with
 * the slow definitions in kernels.test.ts.
 */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { batchNormInfer, batchNormTrain } from 'iekd/dist/engine/fused/batchNorm';
import { globalAveragePool } from 'iekd/dist/engine/fused/globalAveragePool';
import { interleaveChannels } from 'iekd/dist/engine/fused/interleaveChannels';
import { clipAbove, leakyRelu } from 'iekd/dist/engine/fused/leakyRelu';
import { moveStatistics } from 'iekd/dist/engine/fused/movingStatistics';
import { normalizeRows } from 'iekd/dist/engine/fused/normalizeRows';
import { selectChannels } from 'iekd/dist/engine/fused/selectChannels';
import { sgdStep } from 'iekd/dist/engine/fused/sgdStep';
import { softmaxCrossEntropy } from 'iekd/dist/engine/fused/softmaxCrossEntropy';
import { tf } from 'iekd/dist/engine/tf';
import { random } from 'iekd/dist/util/rng';
import { difference, type Result } from './compare';

type Values = readonly number[];
type Formula = (...inputs: Values[]) => number[];

interface FormulaCase {
  readonly name: string;
  readonly shapes: readonly (readonly number[])[];
  /** Inputs that are moved away from zero: variances, and values around a kink. */
  readonly positive?: readonly number[];
  readonly op: (...inputs: tf.Tensor[]) => tf.Tensor;
  readonly formula: Formula;
}

const EPSILON = 1e-5;
const at = (values: Values, i: number): number => values[i] as number;
const mean = (values: Values): number => values.reduce((sum, v) => sum + v, 0) / values.length;
const rectified = (v: number, slope: number): number => Math.max(v, slope * v);

/** Values of one channel, x[…, c] of C channels. */
const channel = (x: Values, c: number, channels: number): number[] => x.filter((_, i) => i % channels === c);

function normalised(x: Values, gamma: Values, beta: Values, moments: (c: number) => [number, number]): number[] {
  return x.map((v, i) => {
    const c = i % gamma.length;
    const [m, variance] = moments(c);
    return ((v - m) / Math.sqrt(variance + EPSILON)) * at(gamma, c) + at(beta, c);
  });
}

function trained(slope: number): Formula {
  return (x, gamma, beta, residual) => {
    const y = normalised(x as Values, gamma as Values, beta as Values, (c) => {
      const values = channel(x as Values, c, (gamma as Values).length);
      const m = mean(values);
      return [m, mean(values.map((v) => (v - m) ** 2))];
    });
    return y.map((v, i) => rectified(v + (residual ? at(residual, i) : 0), slope));
  };
}

function inferred(slope: number): Formula {
  return (x, gamma, beta, m, variance, residual) => {
    const y = normalised(x as Values, gamma as Values, beta as Values, (c) => [at(m as Values, c), at(variance as Values, c)]);
    return y.map((v, i) => rectified(v + (residual ? at(residual, i) : 0), slope));
  };
}

function crossEntropy(labels: Values, classes: number): Formula {
  return (logits) => {
    const losses = labels.map((label, n) => {
      const row = (logits as Values).slice(n * classes, (n + 1) * classes);
      const largest = Math.max(...row);
      return Math.log(row.reduce((sum, v) => sum + Math.exp(v - largest), 0)) + largest - at(row, label);
    });
    return [mean(losses)];
  };
}

const rows = (x: Values, width: number): number[][] =>
  Array.from({ length: x.length / width }, (_, n) => x.slice(n * width, (n + 1) * width));

type Four = tf.Tensor4D;
type One = tf.Tensor1D;
const LABELS = [2, 0, 4];

const cases: readonly FormulaCase[] = [
  ...[0, 0.1, 1].map((slope) => ({
    name: `batchNormTrain, slope ${slope}`,
    shapes: [[2, 2, 2, 3], [3], [3]],
    op: (x?: tf.Tensor, g?: tf.Tensor, b?: tf.Tensor) => batchNormTrain(x as Four, g as One, b as One, { slope }).y,
    formula: trained(slope),
  })),
  {
    name: 'batchNormTrain, slope 0, residual',
    shapes: [[2, 2, 2, 3], [3], [3], [2, 2, 2, 3]],
    op: (x, g, b, r) => batchNormTrain(x as Four, g as One, b as One, { slope: 0, residual: r as Four }).y,
    formula: trained(0),
  },
  {
    name: 'batchNormInfer, slope 0.1, residual',
    shapes: [[2, 2, 2, 3], [3], [3], [3], [3], [2, 2, 2, 3]],
    positive: [4],
    op: (x, g, b, m, v, r) =>
      batchNormInfer(x as Four, g as One, b as One, m as One, v as One, { slope: 0.1, residual: r as Four }),
    formula: inferred(0.1),
  },
  {
    name: 'leakyRelu, slope 0.1',
    shapes: [[3, 4]],
    op: (x) => leakyRelu(x as tf.Tensor, 0.1),
    formula: (x) => (x as Values).map((v) => rectified(v, 0.1)),
  },
  {
    name: 'leakyRelu, slope 0',
    shapes: [[3, 4]],
    op: (x) => leakyRelu(x as tf.Tensor, 0),
    formula: (x) => (x as Values).map((v) => rectified(v, 0)),
  },
  {
    name: 'clipAbove 0.5',
    shapes: [[3, 4]],
    op: (x) => clipAbove(x as tf.Tensor, 0.5),
    formula: (x) => (x as Values).map((v) => Math.min(v, 0.5)),
  },
  {
    name: 'globalAveragePool',
    shapes: [[2, 2, 3, 3]],
    op: (x) => globalAveragePool(x as Four),
    formula: (x) => rows(x as Values, 18).flatMap((image) => [0, 1, 2].map((c) => mean(channel(image, c, 3)))),
  },
  {
    name: 'normalizeRows',
    shapes: [[3, 5]],
    op: (x) => normalizeRows(x as tf.Tensor2D),
    formula: (x) => rows(x as Values, 5).flatMap((row) => row.map((v) => v / Math.hypot(...row))),
  },
  {
    name: 'normalizeRows, all rows below the floor',
    shapes: [[3, 5]],
    op: (x) => normalizeRows(x as tf.Tensor2D, 1000),
    formula: (x) => (x as Values).map((v) => v / 1000),
  },
  {
    name: 'selectChannels 2, 0',
    shapes: [[1, 2, 2, 4]],
    op: (x) => selectChannels(x as Four, [2, 0]),
    formula: (x) => rows(x as Values, 4).flatMap((pixel) => [at(pixel, 2), at(pixel, 0)]),
  },
  {
    name: 'interleaveChannels',
    shapes: [
      [1, 2, 2, 3],
      [1, 2, 2, 3],
    ],
    op: (a, b) => interleaveChannels(a as Four, b as Four),
    formula: (a, b) => (a as Values).flatMap((v, i) => [v, at(b as Values, i)]),
  },
  {
    name: 'softmaxCrossEntropy',
    shapes: [[3, 5]],
    op: (x) => softmaxCrossEntropy(x as tf.Tensor2D, tf.tensor1d(LABELS, 'int32')),
    formula: crossEntropy(LABELS, 5),
  },
];

/** Normal values, rounded to float32 and kept 0.05 away from zero, where rectifiers have no derivative. */
function draw({ name, shapes, positive = [] }: FormulaCase): number[][] {
  const stream = random(3).stream(name);
  return shapes.map((shape, k) =>
    Array.from({ length: tf.util.sizeFromShape([...shape]) }, () => {
      const value = stream.normal();
      return Math.fround(positive.includes(k) ? Math.abs(value) + 0.5 : value + Math.sign(value) * 0.05);
    }),
  );
}

const result = (label: string, shape: readonly number[], values: readonly number[]): Result => ({
  label,
  shape,
  dtype: 'float32',
  values,
});
const fromTensor = (label: string, t: tf.Tensor): Result => result(label, t.shape, Array.from(t.dataSync()));

/** d(Σ w · y) / d inputs by central differences of the formula. */
function differences(formula: Formula, inputs: number[][], weights: Values): number[][] {
  const step = 1e-4;
  const total = (): number => formula(...inputs).reduce((sum, y, i) => sum + y * at(weights, i), 0);
  return inputs.map((input) =>
    input.map((value, i) => {
      input[i] = value + step;
      const up = total();
      input[i] = value - step;
      const down = total();
      input[i] = value;
      return (up - down) / (2 * step);
    }),
  );
}

describe('fused ops, slow definitions', () => {
  before(async () => {
    tf.enableProdMode();
    await tf.setBackend('cpu');
  });

  for (const formulaCase of cases) {
    it(formulaCase.name, () => {
      const { shapes, op, formula } = formulaCase;
      const inputs = draw(formulaCase);
      const before = tf.memory().numTensors;
      const [actual, expected]: [Result[], Result[]] = [[], []];
      tf.tidy(() => {
        const tensors = inputs.map((values, k) => tf.tensor(values, [...(shapes[k] as number[])], 'float32'));
        const y = op(...tensors);
        const stream = random(4).stream(formulaCase.name);
        const weights = Array.from({ length: y.size }, () => Math.fround(stream.normal()));
        const gradients = tf.grads(op)(tensors, tf.tensor(weights, y.shape));
        actual.push(fromTensor('y', y), ...gradients.map((g, k) => fromTensor(`gradient ${k}`, g)));
        expected.push(
          result('y', y.shape, formula(...inputs)),
          ...differences(formula, inputs, weights).map((values, k) => result(`gradient ${k}`, shapes[k] as number[], values)),
        );
      });
      assert.equal(difference(actual, expected), undefined);
      assert.equal(tf.memory().numTensors, before);
    });
  }

  it('batchNormTrain returns the biased moments of the batch', () => {
    const values = [1, 10, 3, 30];
    tf.tidy(() => {
      const { mean: m, variance } = batchNormTrain(tf.tensor4d(values, [2, 1, 1, 2]), tf.ones([2]), tf.zeros([2]));
      assert.deepEqual([...m.dataSync()], [2, 20]);
      assert.deepEqual([...variance.dataSync()], [1, 100]);
    });
  });

  it('clipAbove has no gradient at the ceiling, as PyTorch has none', () => {
    tf.tidy(() => {
      const x = tf.tensor1d([5, 6, 7]);
      assert.deepEqual([...clipAbove(x, 6).dataSync()], [5, 6, 6]);
      assert.deepEqual(
        [
          ...tf
            .grad((t) => clipAbove(t, 6))(x)
            .dataSync(),
        ],
        [1, 0, 0],
      );
    });
  });

  it('normalizeRows leaves a row of zeros at zero, with a finite gradient', () => {
    tf.tidy(() => {
      const x = tf.tensor2d([
        [0, 0],
        [3, 4],
      ]);
      assert.deepEqual(
        [...normalizeRows(x).dataSync()].map((v) => Math.round(v * 1e6) / 1e6),
        [0, 0, 0.6, 0.8],
      );
      const gradient = tf.grad((t) => normalizeRows(t as tf.Tensor2D))(x);
      assert.ok([...gradient.dataSync()].every(Number.isFinite));
    });
  });

  it('normalizeRows refuses a floor whose square is nothing', () => {
    const expected = { message: 'normalizeRows: floor: expected a number from 1e-18, received 0' };
    assert.throws(() => tf.tidy(() => normalizeRows(tf.ones([1, 2]), 0)), expected);
  });
});

describe('in-place ops, slow definitions', () => {
  before(() => tf.setBackend('cpu'));

  /** Two steps by the formula of the head comment of sgdStep.ts, worked out by hand for w = 1, v = 0.5, g = 2. */
  const steps = [
    { nesterov: false, weights: [1 - 0.1 * 2.55, 0.745 - 0.1 * (0.9 * 2.55 + 2 + 0.1 * 0.745)] },
    { nesterov: true, weights: [1 - 0.1 * (2.1 + 0.9 * 2.55), 0.5605 - 0.1 * (2.05605 + 0.9 * (0.9 * 2.55 + 2.05605))] },
  ];
  for (const { nesterov, weights } of steps) {
    it(`sgdStep${nesterov ? ' with Nesterov momentum' : ''}`, () => {
      const [parameter, velocity] = [tf.variable(tf.tensor1d([1])), tf.variable(tf.tensor1d([0.5]))];
      const gradient = tf.tensor1d([2]);
      const before = tf.memory().numTensors;
      for (const expected of weights) {
        sgdStep([{ parameter, velocity, gradient }], { learningRate: 0.1, momentum: 0.9, weightDecay: 0.1, nesterov });
        assert.ok(Math.abs((parameter.dataSync()[0] as number) - expected) < 1e-6, `${parameter.dataSync()[0]}, not ${expected}`);
      }
      assert.equal(tf.memory().numTensors, before);
      tf.dispose([parameter, velocity, gradient]);
    });
  }

  it('moveStatistics uses the unbiased variance, and leaves a single value unscaled', () => {
    for (const [count, expected] of [
      [4, 0.9 * 2 + 0.1 * 3 * (4 / 3)],
      [1, 0.9 * 2 + 0.1 * 3],
    ] as const) {
      const moving = { mean: tf.variable(tf.tensor1d([1])), variance: tf.variable(tf.tensor1d([2])) };
      const batch = { mean: tf.tensor1d([5]), variance: tf.tensor1d([3]) };
      moveStatistics(moving, batch, count);
      assert.ok(Math.abs((moving.mean.dataSync()[0] as number) - 1.4) < 1e-6);
      assert.ok(Math.abs((moving.variance.dataSync()[0] as number) - expected) < 1e-6);
      tf.dispose([moving.mean, moving.variance, batch.mean, batch.variance]);
    }
  });
});
