/**
 * Five whole training steps of a small residual network (convolutions with stride 1 and 2, a depthwise one, batch norms with and
 * without residual, max and global pooling, channel selection, a normalised-feature term, linear layer, cross-entropy, SGD) on every
 * engine: losses as on the plain CPU engine within 1e-4, no tensor left behind, and a loss that is not finite never hidden.
 */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { batchNormTrain } from 'iekd/dist/engine/fused/batchNorm';
import { globalAveragePool } from 'iekd/dist/engine/fused/globalAveragePool';
import { leakyRelu } from 'iekd/dist/engine/fused/leakyRelu';
import { moveStatistics } from 'iekd/dist/engine/fused/movingStatistics';
import { normalizeRows } from 'iekd/dist/engine/fused/normalizeRows';
import { selectChannels } from 'iekd/dist/engine/fused/selectChannels';
import { sgdStep } from 'iekd/dist/engine/fused/sgdStep';
import { softmaxCrossEntropy } from 'iekd/dist/engine/fused/softmaxCrossEntropy';
import { tf } from 'iekd/dist/engine/tf';
import { Variables } from 'iekd/dist/engine/variables';
import { random } from 'iekd/dist/util/rng';
import { enginesUnderTest } from './engines';

const BATCH = 4;
const CLASSES = 5;
const FILTERS = { stem: [3, 3, 3, 8], first: [3, 3, 8, 8], second: [3, 3, 8, 16], short: [1, 1, 8, 16] } as const;
const SGD = { learningRate: 0.05, momentum: 0.9, weightDecay: 5e-4, nesterov: true };

const stream = random(11).stream('training step');
const normals = (n: number, deviation = 1): Float32Array => Float32Array.from({ length: n }, () => deviation * stream.normal());
const images = normals(BATCH * 9 * 9 * 3);
const labels = Int32Array.from({ length: BATCH }, () => stream.below(CLASSES));
const weights = Object.fromEntries(
  Object.entries({ ...FILTERS, depthwise: [3, 3, 8, 1], linear: [16, CLASSES] }).map(([name, shape]) => [
    name,
    normals(tf.util.sizeFromShape([...shape]), 0.3),
  ]),
);

function createVariables(): Variables {
  const variables = new Variables();
  for (const [name, [height, width, from, to]] of Object.entries(FILTERS)) {
    variables.add(name, { shape: [height, width, from, to], data: weights[name] as Float32Array });
    variables.add(`${name}.gamma`, { shape: [to], data: new Float32Array(to).fill(1) });
    variables.add(`${name}.beta`, { shape: [to], data: new Float32Array(to) });
    variables.add(`${name}.mean`, { shape: [to], data: new Float32Array(to) }, false);
    variables.add(`${name}.variance`, { shape: [to], data: new Float32Array(to).fill(1) }, false);
  }
  variables.add('depthwise', { shape: [3, 3, 8, 1], data: weights['depthwise'] as Float32Array });
  variables.add('linear', { shape: [16, CLASSES], data: weights['linear'] as Float32Array });
  return variables;
}

/** Convolution and batch norm; slope 0 is ReLU. */
function layer(
  x: tf.Tensor4D,
  name: string,
  variables: Variables,
  stride: 1 | 2,
  slope: number,
  residual?: tf.Tensor4D,
): tf.Tensor4D {
  const get = (part: string): tf.Variable => variables.get(`${name}.${part}`);
  const filter = variables.get(name) as tf.Tensor4D;
  const z = tf.conv2d(x, filter, stride, ((filter.shape[0] as number) - 1) / 2);
  const options = { slope, ...(residual ? { residual } : {}) };
  const { y, mean, variance } = batchNormTrain(z, get('gamma') as tf.Tensor1D, get('beta') as tf.Tensor1D, options);
  moveStatistics({ mean: get('mean'), variance: get('variance') }, { mean, variance }, y.size / (y.shape[3] as number));
  return y;
}

function lossOf(variables: Variables, x: tf.Tensor4D, y: tf.Tensor1D): tf.Scalar {
  const stem = tf.maxPool(layer(x, 'stem', variables, 1, 0), 2, 2, 'valid') as tf.Tensor4D; // [batch, 4, 4, 8]
  const short = layer(stem, 'short', variables, 2, 1);
  const first = layer(stem, 'first', variables, 1, 0);
  const spread = tf.depthwiseConv2d(first, variables.get('depthwise') as tf.Tensor4D, 1, 'same');
  const last = layer(spread, 'second', variables, 2, 0, short); // [batch, 2, 2, 16]
  const half = selectChannels(leakyRelu(tf.sub(last, 0.2) as tf.Tensor4D, 0.1), [15, 3, 4, 8]);
  const rows = normalizeRows(tf.reshape(half, [BATCH, -1]) as tf.Tensor2D);
  const logits = tf.matMul(globalAveragePool(last), variables.get('linear') as tf.Tensor2D) as tf.Tensor2D;
  return tf.add(softmaxCrossEntropy(logits, y), tf.mean(tf.abs(tf.sub(rows, 0.1)))) as tf.Scalar;
}

interface Trained {
  readonly losses: readonly number[];
  /** Sum of absolute values of every variable afterwards. */
  readonly sums: readonly number[];
  readonly left: number;
}

function train(steps: number): Trained {
  const before = tf.memory().numTensors;
  const variables = createVariables();
  const x = tf.tensor4d(images.slice(), [BATCH, 9, 9, 3]);
  const y = tf.tensor1d(labels.slice(), 'int32');
  const parameters = variables.parameters().map(({ variable }) => ({
    parameter: variable,
    velocity: tf.tidy(() => tf.variable(tf.zerosLike(variable))),
  }));
  const losses = Array.from({ length: steps }, () => {
    const loss = tf.tidy(() => {
      const { value, grads } = tf.variableGrads(
        () => lossOf(variables, x, y),
        parameters.map(({ parameter }) => parameter),
      );
      sgdStep(
        parameters.map((p) => ({ ...p, gradient: grads[p.parameter.name] as tf.Tensor })),
        SGD,
      );
      return value;
    });
    const value = loss.dataSync()[0] as number;
    loss.dispose();
    return value;
  });
  const sums = variables
    .entries()
    .map(({ variable }) => Array.from(variable.dataSync()).reduce((sum, v) => sum + Math.abs(v), 0));
  tf.dispose([x, y, ...parameters.map(({ velocity }) => velocity)]);
  variables.dispose();
  return { losses, sums, left: tf.memory().numTensors - before };
}

function assertClose(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  assert.equal(actual.length, expected.length);
  for (const [i, wanted] of expected.entries()) {
    const got = actual[i] as number;
    assert.ok(Math.abs(got - wanted) <= tolerance * Math.max(1, Math.abs(wanted)), `[${i}]: ${got} instead of ${wanted}`);
  }
}

describe('training steps', async () => {
  let expected: Trained | undefined;
  before(async () => {
    await tf.setBackend('cpu');
    expected = train(5);
  });

  it('learn on the plain CPU engine, and leave nothing behind', () => {
    const { losses = [], left } = expected ?? {};
    assert.ok((losses[4] as number) < (losses[0] as number) - 0.3, `losses ${losses}`);
    assert.equal(left, 0);
  });

  for (const { engine, skip, start } of await enginesUnderTest()) {
    describe(engine.name, { skip: skip ?? false }, () => {
      it('the same losses within 1e-4, weights and statistics within 1e-3; nothing left behind', async () => {
        await start();
        const { losses, sums, left } = train(5);
        assertClose(losses, expected?.losses ?? [], 1e-4);
        assertClose(sums, expected?.sums ?? [], 1e-3);
        assert.equal(left, 0);
      });

      it('a second run is bit for bit the first', async () => {
        await start();
        assert.deepEqual(train(3), train(3));
      });

      // Both signs of NaN: x86 makes the negative one of ∞ − ∞, and a rectifier that compares bits takes it for a negative number.
      for (const [what, bits] of [
        ['NaN', 0x7fc00000],
        ['−NaN', 0xffc00000],
        ['∞', 0x7f800000],
      ] as const) {
        it(`one ${what} among the first weights reaches the loss`, async () => {
          await start();
          const filter = weights['stem'] as Float32Array;
          const [kept] = filter;
          new Uint32Array(filter.buffer)[0] = bits;
          const { losses } = train(1);
          filter[0] = kept as number;
          assert.ok(!Number.isFinite(losses[0]), `loss ${losses[0]}`);
        });
      }

      it('a label outside the classes makes the loss NaN', async () => {
        await start();
        for (const label of [-1, CLASSES]) {
          const loss = tf.tidy(() => softmaxCrossEntropy(tf.zeros([2, CLASSES]), tf.tensor1d([0, label], 'int32')).dataSync()[0]);
          assert.ok(Number.isNaN(loss), `label ${label}: ${loss}`);
        }
      });
    });
  }
});
