/**
 * The filter gradient of a depthwise convolution, which tfjs's wasm backend lacks, tap by tap: the part of x that the tap has met, times
 * dy, summed channel by channel. dy is spread by the stride, so that the part is a block of x.
 */
import type { tf } from '../../../tf';
import type { WasmCall, WasmKernel } from '../../wasmKernels';
import { channelMean, countOf, reshape } from '../perChannel';
import { type Four, geometry, place, spread } from './convolve';

/** Each channel as often as it has filters. @param x [batch, height, width, in] @returns [batch, height, width, in · each] */
function repeated({ run }: WasmCall, x: tf.TensorInfo, each: number): tf.TensorInfo {
  if (each === 1) return x;
  const [batch, height, width, channels] = x.shape as Four;
  const tiled = run('Tile', { x: reshape(run, x, [batch * height * width, channels, 1]) }, { reps: [1, 1, each] });
  return reshape(run, tiled, [batch, height, width, channels * each]);
}

/** Σ over batch and positions of a · b, channel by channel. */
function productSums(call: WasmCall, a: tf.TensorInfo, b: tf.TensorInfo): Float32Array {
  const product = call.run('Multiply', { a, b });
  const sums = channelMean(call, product).map((mean) => mean * countOf(product));
  call.release(product);
  return sums;
}

export const depthwiseBackpropFilter: WasmKernel = {
  name: 'DepthwiseConv2dNativeBackpropFilter',
  run(call) {
    const { run, release, inputs, attrs, constant } = call;
    const { x, dy } = inputs as Record<'x' | 'dy', tf.TensorInfo>;
    const shape = attrs['filterShape'] as Four;
    const g = geometry(call, x.shape as Four, shape, true);
    const spreadDy = spread(run, dy, g.strideHeight, g.strideWidth);
    const [, height, width] = spreadDy.shape as Four;
    const { top, left } = g.padInfo;
    const rows = [top, height + g.filterHeight - 1 - g.inHeight - top] as const;
    const columns = [left, width + g.filterWidth - 1 - g.inWidth - left] as const;
    const placed = place(run, repeated(call, x, g.outChannels / g.inChannels), rows, columns);
    const gradient = new Float32Array(g.filterHeight * g.filterWidth * g.outChannels);
    for (let tap = 0; tap < g.filterHeight * g.filterWidth; tap++) {
      const begin = [0, Math.floor(tap / g.filterWidth), tap % g.filterWidth, 0];
      const met = run('Slice', { x: placed }, { begin, size: spreadDy.shape });
      gradient.set(productSums(call, met, spreadDy), tap * g.outChannels);
      release(met);
    }
    return constant(gradient, shape);
  },
};
