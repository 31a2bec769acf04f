/**
 * Convolutions with products in bfloat16 (8 bits of mantissa): as far from float32 as that rounding explains, measured as the root
 * of the mean squared error over that of the result. Forward F(2×2, 3×3): 0.4 %, a direct convolution's 0.2 % twice transformed;
 * gradients F(4×4, 3×3): 1.7 %. The bounds leave a third for other draws.
 */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { onednn } from 'iekd/dist/engine/onednn';
import { start } from 'iekd/dist/engine/start';
import { tf } from 'iekd/dist/engine/tf';
import type { Precision } from 'iekd/dist/engine/types';
import { random } from 'iekd/dist/util/rng';
import { evaluate } from '../compare';
import { kernelCases } from '../kernelCases';

type Shape4 = [number, number, number, number];
const SHAPES: readonly { readonly x: Shape4; readonly filter: Shape4 }[] = [
  { x: [4, 16, 16, 16], filter: [3, 3, 16, 16] },
  { x: [3, 7, 9, 32], filter: [3, 3, 32, 64] },
];

const obstacle = onednn.bfloat16Obstacle?.();

function normals(name: string, shape: Shape4): tf.Tensor4D {
  const stream = random(5).stream(name);
  return tf.tensor4d(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => stream.normal()),
    shape,
  );
}

/** The convolution's result and both gradients of Σ result · weights. */
async function computed(precision: Precision, x: Shape4, filter: Shape4): Promise<Float32Array[]> {
  await start({ engine: 'onednn', precision });
  return tf.tidy(() => {
    const [a, f] = [normals('x', x), normals('filter', filter)];
    const weights = normals('weights', [x[0], x[1], x[2], filter[3]]);
    const gradients = tf.grads((...[p, q]: tf.Tensor[]) =>
      tf.sum(tf.mul(tf.conv2d(p as tf.Tensor4D, q as tf.Tensor4D, 1, 'same'), weights)),
    )([a, f]);
    return [tf.conv2d(a, f, 1, 'same'), ...gradients].map((t) => (t as tf.Tensor).dataSync() as Float32Array);
  });
}

const squares = (values: Iterable<number>): number => Array.from(values).reduce((sum, v) => sum + v * v, 0);
const deviation = (a: Float32Array, b: Float32Array): number =>
  Math.sqrt(squares(a.map((v, i) => v - (b[i] as number))) / squares(b));

describe('bfloat16 on onednn', { skip: obstacle ?? false }, () => {
  after(() => start({ engine: 'onednn', precision: 'float32' }));
  for (const { x, filter } of SHAPES) {
    it(`conv2d ${x.join('x')} * ${filter.join('x')}: close to float32, and not float32`, async () => {
      const exact = await computed('float32', x, filter);
      const rounded = await computed('bfloat16', x, filter);
      const again = await computed('float32', x, filter);
      const deviations = exact.map((values, i) => deviation(rounded[i] as Float32Array, values));
      for (const [i, most] of [0.0055, 0.023, 0.023].entries()) {
        const seen = deviations[i] as number;
        assert.ok(seen > 1e-3 && seen < most, `${['result', 'gradient of x', 'gradient of the filter'][i]}: ${seen}`);
      }
      assert.deepEqual(again, exact, 'float32 comes back bit for bit');
    });
  }
  it('says so in its report', async () => {
    const report = await start({ engine: 'onednn', precision: 'bfloat16' });
    assert.equal(report.precision, 'bfloat16');
    assert.match(report.sentence, /threads?, products in bfloat16 on /);
    assert.equal((await start()).precision, 'bfloat16', 'kept by a start that asks for nothing');
  });
});

describe('kernel cases in bfloat16', { skip: obstacle ?? false }, () => {
  for (const [group, cases] of Object.entries(kernelCases)) {
    it(group, async () => {
      const { backend } = await start({ engine: 'onednn', precision: 'bfloat16' });
      for (const c of cases) {
        const expected = await evaluate(c, 'cpu');
        const actual = await evaluate(c, backend);
        actual.forEach((a, i) => {
          const e = expected[i]!;
          const d = deviation(Float32Array.from(a.values), Float32Array.from(e.values));
          if (d > 0.01) console.log(c.name, a.label, d.toFixed(4));
        });
      }
    });
  }
});
