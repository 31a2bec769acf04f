/**
 * The data gradient of a depthwise convolution, which tfjs's wasm backend lacks, as one: of dy, spread by the stride, with the filter
 * turned by 180°. Of several filters a channel each has a convolution of its own, and they are added.
 */
import type { tf } from '../../../tf';
import type { WasmCall, WasmKernel } from '../../wasmKernels';
import { reshape } from '../perChannel';
import { type Four, geometry, margins, place, spread } from './convolve';

/** The filter turned by 180°, each channel's filters as channels of their own: [height, width, in · filters a channel, 1]. */
function turned({ backend, constant }: WasmCall, filter: tf.TensorInfo): tf.TensorInfo {
  const [height, width, inputs, each] = filter.shape as Four;
  const [values, channels] = [backend.typedArrayFromHeap(filter), inputs * each];
  const result = new Float32Array(values.length);
  const places = height * width;
  for (let p = 0; p < places; p++) result.set(values.subarray(p * channels, (p + 1) * channels), (places - 1 - p) * channels);
  return constant(result, [height, width, channels, 1]);
}

export const depthwiseBackpropInput: WasmKernel = {
  name: 'DepthwiseConv2dNativeBackpropInput',
  run(call) {
    const { run, inputs, attrs } = call;
    const { dy, filter } = inputs as Record<'dy' | 'filter', tf.TensorInfo>;
    const [batch, height, width, channels] = attrs['inputShape'] as Four;
    const g = geometry(call, [batch, height, width, channels], filter.shape as Four, true);
    const rows = margins(height, g.outHeight * g.strideHeight, g.filterHeight, g.padInfo.top);
    const columns = margins(width, g.outWidth * g.strideWidth, g.filterWidth, g.padInfo.left);
    const x = place(run, spread(run, dy, g.strideHeight, g.strideWidth), rows, columns);
    const attributes = { strides: [1, 1], dilations: [1, 1], pad: 'valid' };
    const each = run('DepthwiseConv2dNative', { x, filter: turned(call, filter) }, attributes); // [batch, height, width, in · each]
    const filters = g.outChannels / g.inChannels;
    if (filters === 1) return each;
    const grouped = reshape(run, each, [batch * height * width, channels, filters]);
    return reshape(run, run('Sum', { x: grouped }, { axis: [2], keepDims: false }), [batch, height, width, channels]);
  },
};
