/** Composition: a chain and a chain beside a shortcut are layers as any other, their costs are sums, and endings reach the right end. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { Variables } from 'iekd/dist/engine/variables';
import { activate, NONE, RELU, RELU6 } from 'iekd/dist/models/layers/activation';
import { convolution, depthwiseConvolution } from 'iekd/dist/models/layers/convolutionLayers';
import { chain, identity, type Layer, plainLayer, residual, shortcut } from 'iekd/dist/models/layers/layer';
import { linear } from 'iekd/dist/models/layers/linearLayers';
import { channels, maxPool } from 'iekd/dist/models/layers/poolingLayers';

before(() => tf.setBackend('cpu'));

const context = { variables: new Variables(), training: false };
const times = (factor: number): Layer => plainLayer((x) => tf.mul(x, factor));
const map = (...values: number[]): tf.Tensor4D => tf.tensor4d(values, [1, 1, 1, values.length]);

/** What a layer makes of [−2, 1, 9]. */
function through(layer: Layer, epilogue?: Parameters<ReturnType<Layer>['run']>[2]): number[] {
  return tf.tidy(() => [
    ...layer([1, 1, 3])
      .run(map(-2, 1, 9), context, epilogue)
      .dataSync(),
  ]);
}

describe('run', () => {
  const rows: readonly (readonly [string, number[], number[]])[] = [
    ['a chain of none is the identity', through(chain()), [-2, 1, 9]],
    ['a chain', through(chain(times(2), times(-3))), [12, -6, -54]],
    ['body + shortcut, rectified', through(residual(times(2), identity, RELU)), [0, 3, 27]],
    ['ReLU6', through(residual(times(2), identity, RELU6)), [0, 3, 6]],
    ['before the activation', through(residual(times(2), identity, RELU6), { activation: NONE }), [-6, 3, 27]],
    [
      'a residual in a chain in a residual',
      through(residual(chain(times(2), residual(times(3), times(10), NONE)), identity, NONE)),
      [-54, 27, 243],
    ],
    ['an activation reaches the last of a chain only', through(chain(times(-1), times(-1)), { activation: RELU }), [0, 1, 9]],
    ['channels by their number', through(channels((count) => [count - 1, 0])), [9, -2]],
  ];
  for (const [what, actual, expected] of rows) test(what, () => assert.deepEqual(actual, expected));

  test('a residual is added before the activation', () => {
    tf.tidy(() => {
      const y = identity([1, 1, 3]).run(map(-2, 1, 9), context, { residual: map(1, 1, -12), activation: RELU });
      assert.deepEqual([...y.dataSync()], [0, 2, 0]);
      assert.deepEqual([...activate(map(-1, 7), RELU6).dataSync()], [0, 6]);
    });
  });
});

describe('size and cost', () => {
  const rows: readonly (readonly [string, Layer, output: number[], multiplyAdds: number, variables: string[]])[] = [
    ['convolution', convolution({ conv: 'c', to: 4 }), [9, 8, 4], 9 * 8 * 9 * 6 * 4, ['c.weight']],
    [
      'convolution with stride, bias and norm',
      convolution({ conv: 'c', norm: 'n', size: 5, to: 4, stride: 2, bias: true }),
      [5, 4, 4],
      5 * 4 * 25 * 6 * 4,
      ['c.weight', 'c.bias', 'n.weight', 'n.bias', 'n.running_mean', 'n.running_var'],
    ],
    ['depthwise convolution', depthwiseConvolution('d', 2), [5, 4, 6], 5 * 4 * 9 * 6, ['d.weight']],
    ['max pooling', maxPool('p', 2, 0), [4, 4, 6], 0, []],
    ['max pooling with a margin', maxPool('p', 3, 1), [5, 4, 6], 0, []],
    ['linear, of one position', linear('l', 7), [1, 1, 7], 6 * 7, ['l.weight', 'l.bias']],
    [
      'body and shortcut',
      residual(
        chain(depthwiseConvolution('d', 2), convolution({ conv: 'c', size: 1, to: 4 })),
        convolution({ conv: 's', size: 1, to: 4, stride: 2 }),
        RELU,
      ),
      [5, 4, 4],
      5 * 4 * (9 * 6 + 6 * 4 + 6 * 4),
      ['d.weight', 'c.weight', 's.weight'],
    ],
    ['a shortcut where nothing changes', shortcut(6, 1, convolution({ conv: 's', to: 6 })), [9, 8, 6], 0, []],
    [
      'a shortcut where channels change',
      shortcut(4, 1, convolution({ conv: 's', size: 1, to: 4 })),
      [9, 8, 4],
      9 * 8 * 24,
      ['s.weight'],
    ],
  ];
  for (const [what, layer, output, multiplyAdds, names] of rows) {
    test(what, () => {
      const placed = layer([9, 8, 6]);
      assert.deepEqual([placed.output, placed.multiplyAdds], [output, multiplyAdds]);
      assert.deepEqual(
        placed.variables.map(({ name }) => name),
        names,
      );
    });
  }
});
