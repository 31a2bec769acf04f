/**
 * Depthwise convolutions of NHWC maps, [height, width, channels, filters a channel], and both gradients, by oneDNN, whose kernels for
 * these take NHWC as it is. A direct kernel of our own was tried: level at best, and slower for filter gradients with stride 2.
 */
import { tf } from '../../../tf';
import { input, isDense, type NativeCall, type NativeKernel } from '../types';
import { type ConvInfo, dimensions } from './convolution';

type Shape4 = [number, number, number, number];
type Steps = number | [number, number];

function infoOf({ attrs }: NativeCall, x: readonly number[], filter: readonly number[]): ConvInfo {
  const { strides, dilations, pad, dimRoundingMode } = attrs as {
    strides: Steps;
    dilations?: Steps;
    pad: 'same';
    dimRoundingMode?: 'floor';
  };
  const shapes = [x as Shape4, filter as Shape4] as const;
  return tf.backend_util.computeConv2DInfo(...shapes, strides, dilations ?? 1, pad, dimRoundingMode, true);
}

/** Runs the kernel `name` on two inputs into an output of `shape`. */
function convolve(
  call: NativeCall,
  name: string,
  [a, b]: readonly [tf.TensorInfo, tf.TensorInfo],
  info: ConvInfo,
  shape: readonly number[],
) {
  if (!isDense(a, b) || tf.util.sizeFromShape([...shape]) === 0) return undefined;
  const { info: out, values } = call.backend.output([...shape]);
  call.native(name)(...dimensions(info), call.backend.floats(a), call.backend.floats(b), values);
  return out;
}

const forward: NativeKernel = {
  name: 'DepthwiseConv2dNative',
  uses: ['DepthwiseConv2dNative'],
  run(call) {
    const [x, filter] = [input(call, 'x'), input(call, 'filter')];
    const info = infoOf(call, x.shape, filter.shape);
    return convolve(call, 'DepthwiseConv2dNative', [x, filter], info, info.outShape);
  },
};

const backpropInput: NativeKernel = {
  name: 'DepthwiseConv2dNativeBackpropInput',
  uses: ['DepthwiseConv2dNativeBackpropInput'],
  run(call) {
    const [dy, filter] = [input(call, 'dy'), input(call, 'filter')];
    const shape = call.attrs['inputShape'] as number[];
    return convolve(call, 'DepthwiseConv2dNativeBackpropInput', [dy, filter], infoOf(call, shape, filter.shape), shape);
  },
};

const backpropFilter: NativeKernel = {
  name: 'DepthwiseConv2dNativeBackpropFilter',
  uses: ['DepthwiseConv2dNativeBackpropFilter'],
  run(call) {
    const [x, dy] = [input(call, 'x'), input(call, 'dy')];
    const shape = call.attrs['filterShape'] as number[];
    return convolve(call, 'DepthwiseConv2dNativeBackpropFilter', [x, dy], infoOf(call, x.shape, shape), shape);
  },
};

export const depthwise: readonly NativeKernel[] = [forward, backpropInput, backpropFilter];
