/**
 * Convolutions of NHWC maps with [height, width, in, out] filters, and both gradients: where the shape fits by Winograd's
 * minimal filtering, or in bfloat16 on a processor with AMX by products of tiles; else by oneDNN.
 */
import { tf } from '../../../tf';
import { input, isDense, type NativeCall, type NativeKernel } from '../types';

export type ConvInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;
type Shape4 = [number, number, number, number];
type Steps = number | [number, number];

/** The geometry of a convolution of tfjs's attributes; undefined for layouts that are left to the plain kernel. */
export function infoOf({ attrs }: NativeCall, x: readonly number[], filter: readonly number[]): ConvInfo | undefined {
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

/** In the order of `ConvShape` (native/src/kernels/convolution/Convolution.h). */
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

/** What the Winograd kernels take (`fitting` in native/src/kernels/convolution/Winograd.cc): 3×3, stride 1, whole registers of channels. */
function fitsWinograd(c: ConvInfo, lanes: number): boolean {
  const { top, bottom, left, right } = c.padInfo;
  const filter = c.filterHeight === 3 && c.filterWidth === 3 && c.strideHeight === 1 && c.strideWidth === 1;
  const dense = c.dilationHeight === 1 && c.dilationWidth === 1 && Math.max(top, bottom, left, right) <= 2;
  return filter && dense && c.inChannels % lanes === 0 && c.outChannels % lanes === 0;
}

/** Products of a batch below which handing over to oneDNN's own threads costs more than its kernel saves. */
const FEW_PRODUCTS = 1 << 24;

/**
 * Whether a filter's gradient is our own sum of outer products (DirectFilterGradient.cc) rather than oneDNN's. In bfloat16 always, where
 * oneDNN takes twice as long. In float32 ours copies an image first and adds to all sums once an image: it is the faster one, by up to
 * a half, with whole registers of outputs, at least 64 places, and 50 products for each value that is copied; and where there is little to do.
 */
function fitsDirectGradient(c: ConvInfo, lanes: number, isHalf: boolean): boolean {
  if (c.dilationHeight > 1 || c.dilationWidth > 1) return false;
  const places = c.outHeight * c.outWidth;
  const products = places * c.filterHeight * c.filterWidth * c.inChannels * c.outChannels;
  const copied = c.inHeight * c.inWidth * c.inChannels + places * c.outChannels;
  const dense = c.outChannels % lanes === 0 && places >= 64 && products >= 50 * copied;
  return isHalf || dense || c.batchSize * products < FEW_PRODUCTS;
}

/** The addon's function for a kernel and a shape. @param isHalf whether maps are kept in bfloat16 */
function algorithm(name: string, info: ConvInfo, lanes: number, isHalf: boolean): string {
  if (fitsWinograd(info, lanes)) return `Winograd${name}`;
  return name === 'Conv2DBackpropFilter' && fitsDirectGradient(info, lanes, isHalf) ? `Direct${name}` : name;
}

/** What a kernel reads and writes; a filter and its gradient are float32 in any precision, all else are maps. */
interface Convolution {
  readonly name: string;
  readonly info: ConvInfo | undefined;
  readonly map: tf.TensorInfo;
  readonly other: tf.TensorInfo;
  readonly shape: readonly number[];
  readonly filter: 'other' | 'output';
}

/** Runs it; undefined (the plain kernel) where oneDNN cannot. */
function convolve(call: NativeCall, { name, info, map, other, shape, filter }: Convolution) {
  if (!info || breaksOneDnn(info) || !isDense(map, other) || tf.util.sizeFromShape([...shape]) === 0) return undefined;
  const { backend } = call;
  const out = filter === 'output' ? backend.output([...shape]) : backend.mapOutput([...shape]);
  const second = filter === 'other' ? backend.floats(other) : backend.map(other);
  const first = backend.map(map);
  const native = algorithm(name, info, backend.lanes, first instanceof Uint16Array);
  call.native(native)(...dimensions(info), first, second, out.values);
  return out.info;
}

const forward: NativeKernel = {
  name: 'Conv2D',
  uses: ['Conv2D', 'WinogradConv2D'],
  run(call) {
    const [x, filter] = [input(call, 'x'), input(call, 'filter')];
    const info = infoOf(call, x.shape, filter.shape);
    return convolve(call, { name: 'Conv2D', info, map: x, other: filter, shape: info?.outShape ?? [], filter: 'other' });
  },
};

export const convolutions: readonly NativeKernel[] = [
  forward,
  /** The same: its gradient takes the dilation too. */
  { ...forward, name: 'IekdDilatedConv2D' },
  {
    name: 'Conv2DBackpropInput',
    uses: ['Conv2DBackpropInput', 'WinogradConv2DBackpropInput'],
    run(call) {
      const [dy, filter] = [input(call, 'dy'), input(call, 'filter')];
      const shape = call.attrs['inputShape'] as number[];
      const info = infoOf(call, shape, filter.shape);
      // A transposed convolution of a map that the convolution would not have given: tfjs computes it all the same.
      if (info && !tf.util.arraysEqual(dy.shape, info.outShape)) return undefined;
      return convolve(call, { name: 'Conv2DBackpropInput', info, map: dy, other: filter, shape, filter: 'other' });
    },
  },
  {
    name: 'Conv2DBackpropFilter',
    uses: ['Conv2DBackpropFilter', 'DirectConv2DBackpropFilter', 'WinogradConv2DBackpropFilter'],
    run(call) {
      const [x, dy] = [input(call, 'x'), input(call, 'dy')];
      const shape = call.attrs['filterShape'] as number[];
      const info = infoOf(call, x.shape, shape);
      return convolve(call, { name: 'Conv2DBackpropFilter', info, map: x, other: dy, shape, filter: 'output' });
    },
  },
];
