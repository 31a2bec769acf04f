/**
 * A block of a tensor, copied in runs inside the wasm memory. The wasm backend's own first copies the whole tensor out of it, which
 * for a few images of a large batch costs more than a convolution of them.
 */
import { tf } from '../../tf';
import type { WasmKernel } from '../wasmKernels';

/** Below this many values a loop copies a run faster than a view of it. */
const SHORT_RUN = 32;

interface Block {
  readonly shape: readonly number[];
  readonly begin: readonly number[];
  readonly size: readonly number[];
}

/** The same block with fewer axes: trailing axes that are taken whole are joined to the one before them. */
function joined({ shape, begin, size }: Block): Block {
  const last = shape.length - 1;
  const whole = shape[last] as number;
  if (last < 1 || size[last] !== whole) return { shape, begin, size };
  const join = (list: readonly number[]): number[] => [...list.slice(0, last - 1), (list[last - 1] as number) * whole];
  return joined({ shape: join(shape), begin: join(begin), size: join(size) });
}

/** Copies the block of `from`, run by run, to the start of `to`. */
function copyBlock(from: tf.TypedArray, to: tf.TypedArray, { shape, begin, size }: Block): void {
  const strides = tf.util.computeStrides([...shape]);
  const last = shape.length - 1;
  const length = size[last] as number;
  let written = 0;
  const copy = (axis: number, at: number): void => {
    const start = at + (begin[axis] as number) * (strides[axis] ?? 1);
    if (axis < last) {
      const stride = strides[axis] as number;
      for (let i = 0; i < (size[axis] as number); i++) copy(axis + 1, start + i * stride);
      return;
    }
    if (length < SHORT_RUN) for (let k = 0; k < length; k++) to[written + k] = from[start + k] as number;
    else to.set(from.subarray(start, start + length), written);
    written += length;
  };
  copy(0, 0);
}

export const slice: WasmKernel = {
  name: 'Slice',
  run({ backend, inputs, attrs }) {
    const x = inputs['x'] as tf.Tensor;
    const [begin, size] = tf.slice_util.parseSliceParams(x, attrs['begin'] as number[], attrs['size'] as number[]) as [
      number[],
      number[],
    ];
    tf.slice_util.assertParamsValid(x, begin, size);
    const result = backend.makeOutput(size, x.dtype);
    const block = x.shape.length === 0 ? { shape: [1], begin: [0], size: [1] } : joined({ shape: x.shape, begin, size });
    // Views of the wasm memory are taken after the last allocation, which may have moved it.
    if (tf.util.sizeFromShape(size) > 0) copyBlock(backend.typedArrayFromHeap(x), backend.typedArrayFromHeap(result), block);
    return result;
  },
};
