/**
 * The gradient of max pooling: each dy goes to the first place of its window's maximum. The wasm backend's own loses windows whose
 * values are all below zero or zero (tfjs 4.22.0, seen against the CPU backend), so this one loops over the wasm memory itself.
 */
import { tf } from '../../tf';
import type { WasmKernel } from '../wasmKernels';
import { isSameMap } from './poolKernels';

type Four = [number, number, number, number];

/** Index into x of the first maximum of the window at (row, column), which may begin outside x. */
function firstMaximum(x: ArrayLike<number>, start: number, row: number, column: number, g: tf.backend_util.Conv2DInfo): number {
  let [best, at] = [Number.NEGATIVE_INFINITY, -1];
  for (let h = Math.max(row, 0); h < Math.min(row + g.effectiveFilterHeight, g.inHeight); h++) {
    for (let w = Math.max(column, 0); w < Math.min(column + g.effectiveFilterWidth, g.inWidth); w++) {
      const i = start + (h * g.inWidth + w) * g.inChannels;
      const value = x[i] as number;
      if (value > best || at < 0) [best, at] = [value, i];
    }
  }
  return at;
}

/** Adds dy's values to dx, which is zero. */
function scatter(x: ArrayLike<number>, dy: ArrayLike<number>, dx: Float32Array, g: tf.backend_util.Conv2DInfo): void {
  const image = g.inHeight * g.inWidth * g.inChannels;
  let k = 0;
  for (let n = 0; n < g.batchSize; n++) {
    for (let p = 0; p < g.outHeight; p++) {
      for (let q = 0; q < g.outWidth; q++) {
        for (let c = 0; c < g.inChannels; c++, k++) {
          const at = firstMaximum(x, n * image + c, p * g.strideHeight - g.padInfo.top, q * g.strideWidth - g.padInfo.left, g);
          if (at >= 0) dx[at] = (dx[at] as number) + (dy[k] as number);
        }
      }
    }
  }
}

export const maxPoolGrad: WasmKernel = {
  name: 'MaxPoolGrad',
  run({ run, backend, inputs, attrs }) {
    const { dy, input } = inputs as Record<'dy' | 'input', tf.TensorInfo>;
    const { filterSize, strides, pad, dimRoundingMode } = attrs as {
      filterSize: [number, number];
      strides: [number, number];
      pad: 'same';
      dimRoundingMode?: 'floor';
    };
    const geometry = tf.backend_util.computePool2DInfo(input.shape as Four, filterSize, strides, 1, pad, dimRoundingMode);
    if (isSameMap(geometry)) return run('Identity', { x: dy });
    const result = backend.makeOutput(input.shape, 'float32');
    // Views of the wasm memory are taken after the last allocation, which may have moved it.
    const dx = backend.typedArrayFromHeap(result) as Float32Array;
    dx.fill(0);
    scatter(backend.typedArrayFromHeap(input), backend.typedArrayFromHeap(dy), dx, geometry);
    return result;
  },
};
