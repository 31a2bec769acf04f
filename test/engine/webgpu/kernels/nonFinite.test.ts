/**
 * NaN of both signs, infinities and both zeros through what training runs, against the plain CPU engine: to the bit of what is not
 * finite, 1e-4 relative else. Sigmoid, max pooling, clipping and the gradients of products and cumulative sums are those that tfjs's
 * own kernels have wrong.
 */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { batchNormInfer, batchNormTrain } from 'iekd/dist/engine/fused/batchNorm';
import { clipAbove, leakyRelu } from 'iekd/dist/engine/fused/leakyRelu';
import { normalizeRows } from 'iekd/dist/engine/fused/normalizeRows';
import { softmaxCrossEntropy } from 'iekd/dist/engine/fused/softmaxCrossEntropy';
import { tf } from 'iekd/dist/engine/tf';
import { webgpu } from 'iekd/dist/engine/webgpu';

const BITS = [0x7fc00000, 0xffc00000, 0x7f800000, 0xff800000, 0, 0x80000000, 0x3f800000, 0xbf800000, 0x40a00000];
const special = (): tf.Tensor1D => tf.tensor1d(new Float32Array(Uint32Array.from(BITS).buffer));

/** Values, and the gradients of their sum. */
const withGradient = (f: (x: tf.Tensor) => tf.Tensor): readonly (() => tf.Tensor)[] => [
  () => f(special()),
  () => tf.grad((x) => tf.sum(f(x)))(special()),
];

const UNARY: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
  ...{ relu: tf.relu, relu6: tf.relu6, leakyRelu: tf.leakyRelu, abs: tf.abs, sigmoid: tf.sigmoid, tanh: tf.tanh },
  ...{ exp: tf.exp, log: tf.log, sqrt: tf.sqrt, softplus: tf.softplus, elu: tf.elu, selu: tf.selu, square: tf.square },
  clip: (x) => tf.clipByValue(x, -0.5, 0.5),
  'clip at infinity': (x) => tf.clipByValue(x, Number.NEGATIVE_INFINITY, 1),
  'our ReLU': (x) => leakyRelu(x, 0),
  'our ceiling': (x) => clipAbove(x, 1),
};

const pairs = (f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor) => (): tf.Tensor => f(tf.reshape(special(), [-1, 1]), special());

const COMPARED: Readonly<Record<string, () => tf.Tensor>> = {
  maximum: pairs(tf.maximum),
  minimum: pairs(tf.minimum),
  greater: pairs(tf.greater),
  greaterEqual: pairs(tf.greaterEqual),
  less: pairs(tf.less),
  lessEqual: pairs(tf.lessEqual),
  equal: pairs(tf.equal),
  notEqual: pairs(tf.notEqual),
};

/** Of three values, one of them special. */
const REDUCED: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
  ...{ max: tf.max, min: tf.min, sum: tf.sum, mean: tf.mean, prod: tf.prod, logSumExp: tf.logSumExp, softmax: tf.softmax },
  'max of rows': (x) => tf.max(tf.reshape(x, [1, 3]), 1),
  'sum of columns': (x) => tf.sum(tf.reshape(x, [3, 1]), 0),
  'batch norm': (x) => {
    const map = tf.reshape(x, [3, 1, 1, 1]) as tf.Tensor4D;
    return batchNormTrain(map, tf.ones([1]), tf.zeros([1]), { slope: 0 }).y;
  },
  'frozen batch norm': (x) => {
    const map = tf.reshape(x, [3, 1, 1, 1]) as tf.Tensor4D;
    return batchNormInfer(map, tf.ones([1]), tf.zeros([1]), tf.zeros([1]), tf.ones([1]), { slope: 0, ceiling: 4 });
  },
  'normalised row': (x) => normalizeRows(tf.reshape(x, [1, 3]) as tf.Tensor2D),
};

const values = (make: () => tf.Tensor): number[] => tf.tidy(() => Array.from(make().dataSync()));

async function both(make: () => tf.Tensor): Promise<[number[], number[]]> {
  await tf.setBackend('cpu');
  const expected = values(make);
  await tf.setBackend('webgpu');
  return [values(make), expected];
}

function same(actual: readonly number[], expected: readonly number[], what: string): void {
  assert.equal(actual.length, expected.length, what);
  for (const [i, wanted] of expected.entries()) {
    const got = actual[i] as number;
    const close = Number.isFinite(wanted) && Math.abs(got - wanted) <= 1e-5 + 1e-4 * Math.abs(wanted);
    assert.ok(close || Object.is(got, wanted), `${what}[${i}]: ${got} instead of ${wanted}`);
  }
}

describe('what is not finite on webgpu', async () => {
  const skip = (await webgpu.unavailable()) ?? false;
  describe('on an adapter', { skip }, () => {
    before(async () => {
      tf.enableProdMode();
      await webgpu.start({ threads: 2 });
    });

    for (const [name, f] of Object.entries(UNARY)) {
      it(`${name} and its gradient`, async () => {
        for (const make of withGradient(f)) same(...(await both(make)), name);
      });
    }

    it('our leaky ReLU; its gradient at NaN is NaN, where the plain engine has the slope', async () => {
      same(...(await both(() => leakyRelu(special(), 0.1))), 'leakyRelu');
      const [gradient, plain] = await both(() => tf.grad((x) => tf.sum(leakyRelu(x, 0.1)))(special()));
      same(gradient.slice(2), plain.slice(2), 'gradient');
      assert.deepEqual(gradient.slice(0, 2), [Number.NaN, Number.NaN]);
    });

    for (const [name, make] of Object.entries(COMPARED)) {
      it(`${name} of every pair`, async () => same(...(await both(make)), name));
    }

    for (const [name, f] of Object.entries(REDUCED)) {
      it(`${name} of three values`, async () => {
        for (let k = 0; k < BITS.length; k++) {
          const make = (): tf.Tensor => f(tf.concat([tf.tensor1d([1]), tf.slice(special(), k, 1), tf.tensor1d([2])]));
          same(...(await both(make)), `${name} with ${BITS[k]?.toString(16)}`);
        }
      });
    }

    it('a window of max pooling is NaN where one of its values is', async () => {
      await tf.setBackend('webgpu');
      for (const [k, bits] of BITS.entries()) {
        const pooled = values(() =>
          tf.maxPool(
            tf.reshape(tf.concat([[-7, -8, -9], tf.slice(special(), k, 1)]), [1, 2, 2, 1]) as tf.Tensor4D,
            2,
            2,
            'valid',
          ),
        );
        const value = values(() => tf.slice(special(), k, 1))[0] as number;
        assert.ok(
          Object.is(pooled[0], Number.isNaN(value) ? Number.NaN : Math.max(-7, value)),
          `${bits.toString(16)}: ${pooled}`,
        );
      }
    });

    it('the loss is NaN of a row with NaN or ∞ among its logits, whatever the others are', async () => {
      await tf.setBackend('webgpu');
      for (const k of [0, 1, 2]) {
        const [loss] = values(() => {
          const row = tf.concat([[0, 1], tf.slice(special(), k, 1)]);
          return softmaxCrossEntropy(tf.stack([tf.tensor1d([1, 2, 3]), row]) as tf.Tensor2D, tf.tensor1d([0, 1], 'int32'));
        });
        assert.ok(Number.isNaN(loss), `${BITS[k]?.toString(16)}: ${loss}`);
      }
    });

    it('cumulative sums and products of axes of several lengths, and the gradient of a product with zeros', async () => {
      const x = (): tf.Tensor => tf.tensor3d([1, 2, 0, 4, 5, 6, 7, 0, 9, 10, 11, 12], [2, 3, 2]);
      for (const axis of [0, 1, 2]) {
        for (const [exclusive, reverse] of [
          [false, false],
          [true, false],
          [false, true],
          [true, true],
        ] as const) {
          const what = `axis ${axis}${exclusive ? ', exclusive' : ''}${reverse ? ', reverse' : ''}`;
          same(...(await both(() => tf.cumsum(x(), axis, exclusive, reverse))), `cumsum ${what}`);
          same(...(await both(() => tf.cumprod(x(), axis, exclusive, reverse))), `cumprod ${what}`);
        }
        same(...(await both(() => tf.grad((t) => tf.sum(tf.prod(t, axis)))(x()))), `gradient of prod, axis ${axis}`);
      }
      same(...(await both(() => tf.grad((t) => tf.prod(t))(tf.tensor1d([2, 0, 3, 4])))), 'gradient of prod');
      same(
        ...(await both(() => tf.grad((t) => tf.sum(tf.mul(tf.cumsum(t), [1, 2, 3])))(tf.tensor1d([1, 2, 3])))),
        'gradient of cumsum',
      );
    });
  });
});
