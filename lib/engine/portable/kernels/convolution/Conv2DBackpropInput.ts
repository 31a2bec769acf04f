/**
 * The data gradient of a convolution as a convolution of dy, spread by the stride, with the filter turned by 180° and its
 * channels swapped. The wasm backend's own is a plain loop, fifteen times slower.
 */
import type { tf } from '../../../tf';
import type { WasmCall, WasmKernel } from '../../wasmKernels';
import { convolve, type Four, geometry, margins, place, spread } from './convolve';

/** The filter turned by 180°, in and out swapped: [height, width, out, in]. Filters are small, tfjs's two ops for it are not. */
function turned({ backend, constant }: WasmCall, filter: tf.TensorInfo): tf.TensorInfo {
  const [height, width, inputs, outputs] = filter.shape as Four;
  const values = backend.typedArrayFromHeap(filter);
  const result = new Float32Array(values.length);
  let at = 0;
  for (let place = height * width - 1; place >= 0; place--) {
    for (let o = 0; o < outputs; o++) {
      for (let i = 0; i < inputs; i++) result[at++] = values[(place * inputs + i) * outputs + o] as number;
    }
  }
  return constant(result, [height, width, outputs, inputs]);
}

export const conv2DBackpropInput: WasmKernel = {
  name: 'Conv2DBackpropInput',
  run(call) {
    const { run, inputs, attrs } = call;
    const { dy, filter } = inputs as Record<'dy' | 'filter', tf.TensorInfo>;
    const g = geometry(call, attrs['inputShape'] as Four, filter.shape as Four);
    const { strideHeight, strideWidth } = g;
    const swapped = turned(call, filter);
    const rows = margins(g.inHeight, g.outHeight * strideHeight, g.filterHeight, g.padInfo.top);
    const columns = margins(g.inWidth, g.outWidth * strideWidth, g.filterWidth, g.padInfo.left);
    const pointwise = g.filterHeight === 1 && g.filterWidth === 1;
    if (!pointwise) return convolve(run, spread(run, dy, strideHeight, strideWidth), swapped, { rows, columns });
    // A 1 × 1 convolution commutes with spreading and margins, and costs less before them.
    const small = convolve(run, dy, swapped, { rows: [0, 0], columns: [0, 0] });
    if (g.inHeight === g.outHeight && g.inWidth === g.outWidth) return small;
    return place(run, spread(run, small, strideHeight, strideWidth), rows, columns);
  },
};
