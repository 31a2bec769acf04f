/**
 * The filter gradient of a convolution, which tfjs's wasm backend lacks, as a convolution:
 * dfilter[h, w, i, o] = Σ over n, p, q of x[n, p · stride + h − top, q · stride + w − left, i] · dy[n, p, q, o],
 * which is x, batch and channels swapped, convolved with dy as a filter dilated by the stride.
 */
import type { tf } from '../../../tf';
import type { WasmKernel } from '../../wasmKernels';
import { convolve, type Four, geometry, type Margin } from './convolve';

/** The margins that leave the windows' own span of the input: what lies beyond it was never read. */
function margins(windows: number, stride: number, window: number, length: number, before: number): Margin {
  return [before, (windows - 1) * stride + window - length - before];
}

export const conv2DBackpropFilter: WasmKernel = {
  name: 'Conv2DBackpropFilter',
  run(call) {
    const { run, inputs, attrs } = call;
    const { x, dy } = inputs as Record<'x' | 'dy', tf.TensorInfo>;
    const g = geometry(call, x.shape as Four, attrs['filterShape'] as Four);
    const images = run('Transpose', { x }, { perm: [3, 1, 2, 0] }); // [in, height, width, batch]
    const filter = run('Transpose', { x: dy }, { perm: [1, 2, 0, 3] }); // [out height, out width, batch, out]
    const gradient = convolve(run, images, filter, {
      rows: margins(g.outHeight, g.strideHeight, g.filterHeight, g.inHeight, g.padInfo.top),
      columns: margins(g.outWidth, g.strideWidth, g.filterWidth, g.inWidth, g.padInfo.left),
      dilations: [g.strideHeight, g.strideWidth],
    }); // [in, height, width, out]
    return run('Transpose', { x: gradient }, { perm: [1, 2, 0, 3] }); // [height, width, in, out]
  },
};
