/** Convolutions with both gradients: strides, paddings as tfjs allows them, odd sizes, 1×1, dilation, depthwise, fused. */
import { dilatedConvolution } from 'iekd/dist/engine/fused/dilatedConvolution';
import { tf } from 'iekd/dist/engine/tf';
import { type KernelCase, of, shapeText } from './types';

type Shape4 = [number, number, number, number];
type Padding = Parameters<typeof tf.conv2d>[3];
type Stride = number | [number, number];

const CONV = ['Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter'];
const DEPTHWISE = ['DepthwiseConv2dNative', 'DepthwiseConv2dNativeBackpropInput', 'DepthwiseConv2dNativeBackpropFilter'];

const around = (top: number, bottom: number, left: number, right: number): Padding => [
  [0, 0],
  [top, bottom],
  [left, right],
  [0, 0],
];

function label(op: string, x: Shape4, filter: Shape4, stride: Stride, pad: Padding): string {
  return `${op} ${shapeText(x)} * ${shapeText(filter)}, stride ${stride}, pad ${JSON.stringify(pad)}`;
}

function conv(x: Shape4, filter: Shape4, stride: Stride, pad: Padding): KernelCase {
  return {
    name: label('conv2d', x, filter, stride, pad),
    kernels: CONV,
    inputs: [of(x), of(filter)],
    run: (a, f) => tf.conv2d(a as tf.Tensor4D, f as tf.Tensor4D, stride, pad),
  };
}

/** Rounding relative to the addends rather than to a sum that cancels. */
const ofManyAddends = (x: Shape4, one: KernelCase): KernelCase => ({
  ...one,
  tolerance: { relative: 1e-4, absolute: 1e-5 * Math.sqrt(x[0] * x[1] * x[2]) },
});

/** Registers full of channels: the fast engine convolves these by Winograd's filtering, and their gradients with a coarser one. */
const winograd = (x: Shape4, filter: Shape4, pad: Padding): KernelCase => ofManyAddends(x, conv(x, filter, 1, pad));

/** More than 2²⁴ products: the filter's gradient may be another kernel's than that of small ones. */
const large = (x: Shape4, filter: Shape4, stride: Stride, pad: Padding): KernelCase =>
  ofManyAddends(x, conv(x, filter, stride, pad));

/** Dilated: tfjs defines no gradient. */
function dilated(x: Shape4, filter: Shape4, dilation: [number, number], pad: Padding): KernelCase {
  return {
    name: `${label('conv2d', x, filter, 1, pad)}, dilation ${dilation}`,
    kernels: ['Conv2D'],
    inputs: [of(x), of(filter)],
    run: (a, f) => tf.conv2d(a as tf.Tensor4D, f as tf.Tensor4D, 1, pad, 'NHWC', dilation),
    differentiate: [],
  };
}

/** Our own op, which has both gradients. */
function dilatedOp(x: Shape4, filter: Shape4, rate: number): KernelCase {
  return {
    name: `dilated convolution ${shapeText(x)} * ${shapeText(filter)}, rate ${rate}`,
    kernels: ['IekdDilatedConv2D'],
    inputs: [of(x), of(filter)],
    run: (a, f) => dilatedConvolution(a as tf.Tensor4D, f as tf.Tensor4D, rate),
  };
}

function depthwise(x: Shape4, filter: Shape4, stride: Stride, pad: Padding): KernelCase {
  return {
    name: label('depthwiseConv2d', x, filter, stride, pad),
    kernels: DEPTHWISE,
    inputs: [of(x), of(filter)],
    run: (a, f) => tf.depthwiseConv2d(a as tf.Tensor4D, f as tf.Tensor4D, stride, pad),
  };
}

/** Dilated: tfjs defines no gradient. */
function depthwiseDilated(x: Shape4, filter: Shape4, dilation: [number, number], pad: 'same' | 'valid'): KernelCase {
  return {
    name: `${label('depthwiseConv2d', x, filter, 1, pad)}, dilation ${dilation}`,
    kernels: ['DepthwiseConv2dNative'],
    inputs: [of(x), of(filter)],
    run: (a, f) => tf.depthwiseConv2d(a as tf.Tensor4D, f as tf.Tensor4D, 1, pad, 'NHWC', dilation),
    differentiate: [],
  };
}

function transposed(dy: Shape4, filter: Shape4, out: Shape4, stride: Stride, pad: 'same' | 'valid'): KernelCase {
  return {
    name: `${label('conv2dTranspose', dy, filter, stride, pad)} to ${shapeText(out)}`,
    kernels: ['Conv2DBackpropInput', 'Conv2D', 'Conv2DBackpropFilter'],
    inputs: [of(dy), of(filter)],
    run: (a, f) => tf.conv2dTranspose(a as tf.Tensor4D, f as tf.Tensor4D, out, stride, pad),
  };
}

function fused(x: Shape4, filter: Shape4, activation: 'linear' | 'relu' | 'leakyrelu' | 'prelu', bias: boolean): KernelCase {
  const out = filter[3];
  const inputs = [of(x), of(filter), of([out]), of([out], 'positive')];
  return {
    name: `fused conv2d ${shapeText(x)} * ${shapeText(filter)}, ${activation}${bias ? ', bias' : ''}`,
    kernels: ['FusedConv2D', ...CONV],
    inputs,
    run: (a, f, b, slopes) =>
      tf.fused.conv2d({
        x: a as tf.Tensor4D,
        filter: f as tf.Tensor4D,
        strides: 1,
        pad: 'same',
        activation,
        ...(bias ? { bias: b as tf.Tensor } : {}),
        ...(activation === 'prelu' ? { preluActivationWeights: slopes as tf.Tensor } : {}),
        ...(activation === 'leakyrelu' ? { leakyreluAlpha: 0.1 } : {}),
      }),
    differentiate: [],
  };
}

export const convolutionCases: readonly KernelCase[] = [
  // The shapes of a small residual network.
  conv([2, 8, 8, 3], [3, 3, 3, 16], 1, around(1, 1, 1, 1)),
  winograd([2, 8, 8, 16], [3, 3, 16, 16], around(1, 1, 1, 1)),
  conv([2, 8, 8, 16], [3, 3, 16, 32], 2, around(1, 1, 1, 1)),
  conv([2, 8, 8, 16], [1, 1, 16, 32], 2, 'valid'),
  conv([2, 6, 6, 16], [1, 1, 16, 8], 1, 'valid'),
  // Tiles that overhang, other paddings, unequal channels, several threads' shares.
  winograd([3, 7, 5, 16], [3, 3, 16, 32], around(1, 1, 1, 1)),
  winograd([1, 1, 1, 16], [3, 3, 16, 16], around(1, 1, 1, 1)),
  winograd([2, 9, 6, 32], [3, 3, 32, 16], 'valid'),
  winograd([2, 6, 11, 16], [3, 3, 16, 48], around(2, 0, 1, 2)),
  winograd([5, 10, 13, 48], [3, 3, 48, 64], 'same'),
  winograd([7, 16, 16, 32], [3, 3, 32, 32], around(2, 2, 2, 2)),
  // Channels that overhang a register, few products for each value, few channels; and one with none of these.
  large([4, 16, 16, 64], [3, 3, 64, 120], 2, 'same'),
  large([4, 20, 20, 64], [1, 1, 64, 200], 1, 'valid'),
  large([4, 50, 50, 3], [7, 7, 3, 64], 2, around(3, 3, 3, 3)),
  large([4, 17, 16, 64], [3, 3, 64, 128], 2, 'same'),
  // Odd channels and sizes, size 1.
  conv([1, 1, 1, 1], [1, 1, 1, 1], 1, 'valid'),
  conv([3, 5, 7, 1], [3, 3, 1, 1], 1, 'same'),
  conv([1, 5, 7, 17], [3, 3, 17, 5], 1, 'same'),
  conv([2, 7, 5, 3], [3, 3, 3, 33], 1, 'valid'),
  conv([2, 1, 9, 3], [1, 3, 3, 4], 1, 'same'),
  conv([1, 3, 3, 5], [3, 3, 5, 2], 1, 'valid'),
  conv([5, 4, 4, 2], [5, 5, 2, 3], 1, 'same'),
  conv([2, 6, 5, 3], [2, 4, 3, 5], 1, 'same'),
  conv([2, 6, 5, 3], [2, 4, 3, 5], 1, 'valid'),
  // As many channels as fill tiles, and one more.
  conv([1, 2, 3, 513], [3, 3, 513, 2], 1, 'same'),
  conv([1, 3, 2, 2], [3, 3, 2, 513], 2, around(1, 1, 1, 1)),
  conv([1, 2, 2, 128], [1, 1, 128, 68], 1, 'valid'),
  conv([33, 5, 5, 4], [3, 3, 4, 20], 2, around(1, 1, 1, 1)),
  // Stride 2 and more: even and odd sizes, rows that no window reaches.
  conv([2, 7, 7, 3], [3, 3, 3, 4], 2, 'same'),
  conv([2, 8, 8, 3], [3, 3, 3, 4], 2, 'same'),
  conv([2, 8, 7, 3], [3, 3, 3, 4], 2, 'valid'),
  conv([1, 9, 9, 2], [2, 2, 2, 3], 3, 'valid'),
  conv([1, 9, 8, 2], [1, 1, 2, 3], 3, 'valid'),
  conv([1, 8, 8, 2], [1, 1, 2, 3], 2, 'same'),
  conv([2, 9, 8, 3], [3, 3, 3, 4], [1, 2], 'same'),
  conv([2, 9, 8, 3], [3, 3, 3, 4], [2, 1], 'valid'),
  conv([1, 6, 6, 2], [2, 2, 2, 2], 4, 'valid'),
  conv([1, 2, 1, 1], [1, 2, 1, 1], [2, 1], 'same'),
  // Asymmetric and large paddings; windows that never meet the input.
  conv([1, 1, 1, 1], [1, 1, 1, 3], 2, around(3, 0, 2, 2)),
  conv([2, 6, 7, 3], [3, 3, 3, 4], 1, around(0, 2, 1, 0)),
  conv([2, 6, 7, 3], [3, 3, 3, 4], 2, around(2, 0, 0, 1)),
  conv([1, 5, 5, 2], [3, 3, 2, 3], 1, around(2, 2, 2, 2)),
  conv([1, 4, 4, 3], [1, 1, 3, 2], 1, around(1, 0, 0, 1)),
  conv([2, 5, 5, 3], [3, 3, 3, 2], 1, 1),
  dilated([2, 9, 9, 3], [3, 3, 3, 4], [2, 2], 'same'),
  dilated([1, 9, 8, 2], [3, 2, 2, 3], [2, 3], 'valid'),
  dilatedOp([2, 7, 6, 4], [3, 3, 4, 8], 2),
  dilatedOp([1, 5, 9, 3], [3, 3, 3, 5], 3),
  // Depthwise: channels that fill registers, that overhang, that fill none; both strides; windows that hang over; several filters a channel.
  depthwise([2, 7, 7, 5], [3, 3, 5, 1], 1, 'same'),
  depthwise([1, 8, 7, 3], [3, 3, 3, 2], 2, 'same'),
  depthwise([2, 6, 6, 17], [3, 3, 17, 1], 1, 'valid'),
  depthwise([1, 6, 6, 1], [2, 2, 1, 3], 1, 'valid'),
  depthwise([3, 11, 14, 32], [3, 3, 32, 1], 1, around(1, 1, 1, 1)),
  depthwise([3, 12, 11, 40], [3, 3, 40, 1], 2, around(1, 1, 1, 1)),
  depthwise([2, 9, 12, 24], [3, 3, 24, 1], 2, 'same'),
  depthwise([2, 12, 9, 16], [3, 3, 16, 1], 2, 'valid'),
  depthwise([1, 1, 1, 16], [3, 3, 16, 1], 1, 'same'),
  depthwise([2, 2, 3, 19], [3, 3, 19, 1], 2, around(1, 1, 1, 1)),
  depthwise([1, 6, 7, 18], [3, 3, 18, 1], 1, around(3, 0, 0, 4)),
  depthwise([1, 6, 7, 18], [3, 3, 18, 1], 2, around(0, 3, 4, 0)),
  depthwise([2, 9, 8, 20], [3, 3, 20, 1], [1, 2], 'same'),
  depthwise([2, 9, 8, 20], [3, 3, 20, 1], [2, 1], 'valid'),
  depthwise([1, 11, 11, 6], [3, 3, 6, 1], 3, 'valid'),
  depthwise([2, 9, 10, 33], [5, 5, 33, 1], 1, 'same'),
  depthwise([1, 9, 10, 8], [5, 5, 8, 1], 2, around(2, 2, 2, 2)),
  depthwise([2, 5, 6, 7], [2, 4, 7, 1], 1, 'same'),
  depthwise([1, 5, 5, 16], [1, 1, 16, 1], 2, 'valid'),
  depthwise([2, 6, 6, 4], [3, 3, 4, 3], 2, around(1, 0, 0, 1)),
  depthwise([5, 9, 9, 132], [3, 3, 132, 1], 2, 'same'),
  depthwiseDilated([2, 9, 8, 5], [3, 3, 5, 1], [2, 2], 'same'),
  transposed([1, 4, 4, 3], [3, 3, 2, 3], [1, 8, 8, 2], 2, 'same'),
  transposed([2, 5, 5, 4], [3, 3, 3, 4], [2, 5, 5, 3], 1, 'same'),
  fused([2, 5, 5, 3], [3, 3, 3, 4], 'linear', true),
  fused([2, 5, 5, 3], [3, 3, 3, 4], 'relu', false),
  fused([2, 5, 5, 3], [3, 3, 3, 17], 'relu', true),
  fused([1, 5, 5, 3], [1, 1, 3, 4], 'leakyrelu', true),
  fused([1, 5, 5, 3], [3, 3, 3, 4], 'prelu', true),
];
