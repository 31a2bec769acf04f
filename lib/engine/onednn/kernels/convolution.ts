/** Convolutions of NHWC maps with [height, width, in, out] filters, and both gradients, by oneDNN. */
import { tf } from '../../tf';
import { input, isDense, type KernelCall, type NativeKernel } from './types';

type ConvInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;
type Shape4 = [number, number, number, number];
type Steps = number | [number, number];

function infoOf({ attrs }: KernelCall, x: readonly number[], filter: readonly number[]): ConvInfo | undefined {
  if (attrs['dataFormat'] === 'NCHW') return undefined;
  const { strides, dilations, pad, dimRoundingMode } = attrs as {
    strides: Steps;
    dilations?: Steps;
    pad: 'same';
    dimRoundingMode?: 'floor';
  };
  return tf.backend_util.computeConv2DInfo(
    x as Shape4,
    filter as Shape4,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    false,
    'channelsLast',
  );
}

/** In the order of `ConvShape` (native/src/kernels/Convolution.h). */
function dimensions(c: ConvInfo): number[] {
  const { top, bottom, left, right } = c.padInfo;
  return [
    ...[c.batchSize, c.inHeight, c.inWidth, c.inChannels, c.outHeight, c.outWidth, c.outChannels],
    ...[c.filterHeight, c.filterWidth, c.strideHeight, c.strideWidth, c.dilationHeight, c.dilationWidth],
    ...[top, bottom, left, right],
  ];
}

/**
 * What oneDNN 2.6.3 gets wrong: with several threads its filter gradient of a 1×1 convolution with unequal strides writes outside
 * its memory. All three kernels of such a convolution stay plain.
 */
function breaksOneDnn({ filterHeight, filterWidth, strideHeight, strideWidth }: ConvInfo): boolean {
  return filterHeight === 1 && filterWidth === 1 && strideHeight !== strideWidth;
}

/** Runs `name` on two inputs into an output of `shape`; undefined (the plain kernel) where oneDNN is not asked. */
function convolve(
  call: KernelCall,
  name: string,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  info: ConvInfo | undefined,
  shape: readonly number[],
) {
  if (!info || breaksOneDnn(info) || !isDense(a, b) || tf.util.sizeFromShape([...shape]) === 0) return undefined;
  const { info: out, values } = call.backend.output([...shape]);
  call.native(name)(...dimensions(info), call.backend.floats(a), call.backend.floats(b), values);
  return out;
}

export const convolutions: readonly NativeKernel[] = [
  {
    name: 'Conv2D',
    uses: ['Conv2D'],
    run(call) {
      const [x, filter] = [input(call, 'x'), input(call, 'filter')];
      const info = infoOf(call, x.shape, filter.shape);
      return convolve(call, 'Conv2D', x, filter, info, info?.outShape ?? []);
    },
  },
  {
    name: 'Conv2DBackpropInput',
    uses: ['Conv2DBackpropInput'],
    run(call) {
      const [dy, filter] = [input(call, 'dy'), input(call, 'filter')];
      const shape = call.attrs['inputShape'] as number[];
      return convolve(call, 'Conv2DBackpropInput', dy, filter, infoOf(call, shape, filter.shape), shape);
    },
  },
  {
    name: 'Conv2DBackpropFilter',
    uses: ['Conv2DBackpropFilter'],
    run(call) {
      const [x, dy] = [input(call, 'x'), input(call, 'dy')];
      const shape = call.attrs['filterShape'] as number[];
      return convolve(call, 'Conv2DBackpropFilter', x, dy, infoOf(call, x.shape, shape), shape);
    },
  },
];
