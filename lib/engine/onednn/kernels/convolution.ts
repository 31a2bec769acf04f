/**
 * Convolutions of NHWC maps with [height, width, in, out] filters, and both gradients: by Winograd's minimal filtering where the
 * shape fits, else by oneDNN.
 */
import { tf } from '../../tf';
import { input, isDense, type KernelCall, type NativeKernel } from './types';

export type ConvInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;
type Shape4 = [number, number, number, number];
type Steps = number | [number, number];

/** The geometry of a convolution of tfjs's attributes; undefined for layouts that are left to the plain kernel. */
export function infoOf({ attrs }: KernelCall, x: readonly number[], filter: readonly number[]): ConvInfo | undefined {
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
export function dimensions(c: ConvInfo): number[] {
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

/** What the Winograd kernels take (`fitting` in native/src/kernels/Winograd.cc): 3×3, stride 1, whole registers of channels. */
export function fitsWinograd(c: ConvInfo, lanes: number): boolean {
  const { top, bottom, left, right } = c.padInfo;
  const filter = c.filterHeight === 3 && c.filterWidth === 3 && c.strideHeight === 1 && c.strideWidth === 1;
  const dense = c.dilationHeight === 1 && c.dilationWidth === 1 && Math.max(top, bottom, left, right) <= 2;
  return filter && dense && c.inChannels % lanes === 0 && c.outChannels % lanes === 0;
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
  const fast = fitsWinograd(info, call.backend.lanes) ? `Winograd${name}` : name;
  call.native(fast)(...dimensions(info), call.backend.floats(a), call.backend.floats(b), values);
  return out;
}

export const convolutions: readonly NativeKernel[] = [
  {
    name: 'Conv2D',
    uses: ['Conv2D', 'WinogradConv2D'],
    run(call) {
      const [x, filter] = [input(call, 'x'), input(call, 'filter')];
      const info = infoOf(call, x.shape, filter.shape);
      return convolve(call, 'Conv2D', x, filter, info, info?.outShape ?? []);
    },
  },
  {
    name: 'Conv2DBackpropInput',
    uses: ['Conv2DBackpropInput', 'WinogradConv2DBackpropInput'],
    run(call) {
      const [dy, filter] = [input(call, 'dy'), input(call, 'filter')];
      const shape = call.attrs['inputShape'] as number[];
      return convolve(call, 'Conv2DBackpropInput', dy, filter, infoOf(call, shape, filter.shape), shape);
    },
  },
  {
    name: 'Conv2DBackpropFilter',
    uses: ['Conv2DBackpropFilter', 'WinogradConv2DBackpropFilter'],
    run(call) {
      const [x, dy] = [input(call, 'x'), input(call, 'dy')];
      const shape = call.attrs['filterShape'] as number[];
      return convolve(call, 'Conv2DBackpropFilter', x, dy, infoOf(call, x.shape, shape), shape);
    },
  },
];
