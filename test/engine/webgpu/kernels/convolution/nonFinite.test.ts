/**
 * NaN of both signs and infinities at every position of a convolution's inputs, with values and both gradients, against the definition
 * with zeros around the map: what the zeros are multiplied by is finite, so nothing beyond the map may make a value NaN, and NaN reaches
 * exactly those values whose windows hold it.
 */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { webgpu } from 'iekd/dist/engine/webgpu';

const BITS = [0x7fc00000, 0xffc00000, 0x7f800000, 0xff800000];

type Op = (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor4D;

/** [what, shape of x, shape of the filter, op]; fours and odd numbers of channels. */
const OPS: readonly (readonly [string, number[], number[], Op])[] = [
  ['3×3', [1, 3, 3, 4], [3, 3, 4, 4], (x, f) => tf.conv2d(x, f, 1, 1)],
  ['3×3, stride 2', [1, 4, 3, 3], [3, 3, 3, 2], (x, f) => tf.conv2d(x, f, 2, 1)],
  ['1×1', [1, 2, 2, 5], [1, 1, 5, 4], (x, f) => tf.conv2d(x, f, 1, 'valid')],
  ['depthwise', [1, 3, 3, 4], [3, 3, 4, 1], (x, f) => tf.depthwiseConv2d(x, f, 1, 'same')],
  ['depthwise, stride 2', [1, 4, 3, 3], [3, 3, 3, 2], (x, f) => tf.depthwiseConv2d(x, f, 2, 'same')],
];

/** Values without zeros: a zero times ∞ is NaN by itself. */
const filled = (shape: readonly number[], special?: { readonly at: number; readonly bits: number }): tf.Tensor4D => {
  const values = Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, (_, i) => 1 + (i % 7) / 8);
  if (special) new Uint32Array(values.buffer)[special.at] = special.bits;
  return tf.tensor4d(values, shape as [number, number, number, number]);
};

async function on(backend: string, f: () => tf.Tensor): Promise<Float32Array> {
  await tf.setBackend(backend);
  return tf.tidy(() => f().dataSync() as Float32Array);
}

/** NaN where NaN is wanted, ∞ as it is, all else within 1e-5. */
function same(actual: Float32Array, expected: Float32Array, what: string): void {
  for (const [i, wanted] of expected.entries()) {
    const got = actual[i] as number;
    const close = Number.isFinite(wanted) && Math.abs(got - wanted) <= 1e-5 * Math.max(1, Math.abs(wanted));
    assert.ok(close || Object.is(got, wanted), `${what}[${i}]: ${got} instead of ${wanted}`);
  }
}

describe('what is not finite in convolutions on webgpu', async () => {
  const skip = (await webgpu.unavailable()) ?? false;
  describe('on an adapter', { skip }, () => {
    before(async () => {
      tf.enableProdMode();
      await webgpu.start({ threads: 2 });
    });

    for (const [what, shape, filterShape, op] of OPS) {
      it(`${what}: the value and the filter's gradient of x, the input's gradient of dy`, async () => {
        const size = tf.util.sizeFromShape(shape);
        for (const bits of BITS) {
          for (const at of [0, Math.floor(size / 2), size - 1]) {
            const special = { at, bits };
            const make: Record<string, () => tf.Tensor> = {
              value: () => op(filled(shape, special), filled(filterShape)),
              'filter gradient': () => tf.grad((f) => op(filled(shape, special), f as tf.Tensor4D))(filled(filterShape)),
              'input gradient': () => {
                const y = op(filled(shape), filled(filterShape));
                const dy = filled(y.shape, { at: Math.min(at, y.size - 1), bits });
                return tf.grad((x) => op(x as tf.Tensor4D, filled(filterShape)))(filled(shape), dy);
              },
            };
            for (const [name, f] of Object.entries(make)) {
              same(await on('webgpu', f), await on('cpu', f), `${name}, ${bits.toString(16)} at ${at}`);
            }
          }
        }
      });
    }

    it('NaN in a filter reaches the values, and through a fused activation', async () => {
      const values = await on('webgpu', () =>
        tf.fused.conv2d({
          x: filled([1, 2, 2, 3]),
          filter: filled([1, 1, 3, 4], { at: 1, bits: 0xffc00000 }),
          strides: 1,
          pad: 0,
          bias: tf.tensor1d([-9, 0, -1, Number.NaN]),
          activation: 'relu6',
        }),
      );
      for (let i = 0; i < values.length; i += 4) {
        const [a, b, c, d] = values.slice(i, i + 4);
        assert.deepEqual([a, b, d], [0, Number.NaN, Number.NaN]);
        assert.ok((c as number) > 1 && (c as number) <= 6, `${c}`);
      }
    });
  });
});
