/** Sums of slices by segment, y[s] = Σ over i with id(i) = s of x[i]: the gradient of a gather, which the wasm backend lacks. */
import { tf } from '../../tf';
import type { WasmKernel } from '../wasmKernels';

export const unsortedSegmentSum: WasmKernel = {
  name: 'UnsortedSegmentSum',
  run({ backend, inputs, attrs }) {
    const { x, segmentIds } = inputs as Record<'x' | 'segmentIds', tf.TensorInfo>;
    const segments = attrs['numSegments'] as number;
    const rest = x.shape.slice(segmentIds.shape.length);
    const width = tf.util.sizeFromShape(rest);
    const result = backend.makeOutput([segments, ...rest], x.dtype);
    // Views of the wasm memory are taken after the last allocation, which may have moved it.
    const [sums, values, ids] = [result, x, segmentIds].map((info) => backend.typedArrayFromHeap(info)) as [
      Float32Array,
      Float32Array,
      Int32Array,
    ];
    sums.fill(0);
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i] as number;
      if (id < 0 || id >= segments) continue; // As the CPU kernel: ids outside are left out.
      for (let k = 0; k < width; k++) sums[id * width + k] = (sums[id * width + k] as number) + (values[i * width + k] as number);
    }
    return result;
  },
};
