/** Operations counted from shapes, against counts of the definition done by hand. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type CallShapes, operationsOf } from 'iekd/dist/engine/profile/operationCounts';

const X = [8, 32, 32, 16];
const FILTER = [3, 3, 16, 32];
const DY = [8, 16, 16, 32];
/** 8 · 16 · 16 outputs of 32 channels, each a sum of 3 · 3 · 16 products: a multiplication and an addition for each. */
const CONVOLUTION = 2 * 8 * 16 * 16 * 32 * (3 * 3 * 16);

const call = (inputs: CallShapes['inputs'], outputs: CallShapes['outputs'], attributes = {}): CallShapes => ({
  inputs,
  outputs,
  attributes,
});

describe('operationsOf', () => {
  const table: readonly (readonly [string, CallShapes, number | undefined])[] = [
    ['Conv2D', call({ x: X, filter: FILTER }, [DY]), CONVOLUTION],
    ['FusedConv2D', call({ x: X, filter: FILTER, bias: [32] }, [DY]), CONVOLUTION],
    ['IekdConvBatchNorm', call({ x: X, filter: FILTER, gamma: [32] }, [DY, [32], [32]]), CONVOLUTION],
    ['Conv2DBackpropInput', call({ dy: DY, filter: FILTER }, [X]), CONVOLUTION],
    ['IekdConv2DBackpropInputAdd', call({ dy: DY, filter: FILTER, other: X }, [X]), CONVOLUTION],
    ['Conv2DBackpropFilter', call({ x: X, dy: DY }, [FILTER]), CONVOLUTION],
    ['IekdConvBatchNormGrad', call({ x: X, dy: DY, filter: FILTER, gamma: [32] }, [X, FILTER, [32], [32]]), 2 * CONVOLUTION],
    ['Conv3D', call({ x: [8, ...X], filter: [3, ...FILTER] }, [[8, ...DY]]), undefined],
    ['DepthwiseConv2dNative', call({ x: X, filter: [3, 3, 16, 1] }, [X]), undefined],
    ['Conv2D', call({ x: X }, [DY]), undefined],
    ['BatchMatMul', call({ a: [5, 7], b: [7, 3] }, [[5, 3]]), 2 * 5 * 3 * 7],
    ['BatchMatMul', call({ a: [2, 7, 5], b: [2, 7, 3] }, [[2, 5, 3]], { transposeA: true }), 2 * 2 * 5 * 3 * 7],
    ['_FusedMatMul', call({ a: [5, 7], b: [3, 7], bias: [3] }, [[5, 3]], { transposeB: true }), 2 * 5 * 3 * 7],
    ['Add', call({ a: X, b: X }, [X]), undefined],
  ];
  for (const [kernel, shapes, expected] of table) {
    const { attributes } = shapes;
    test(`${kernel} of ${Object.keys(shapes.inputs).join(', ')} ${JSON.stringify(attributes)}`, () => {
      assert.equal(operationsOf(kernel, shapes), expected);
    });
  }
});
