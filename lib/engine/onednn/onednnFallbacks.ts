/** The plain kernels behind the native ones: counted, and kept off recycled memory. */
import type { FallbackCounter } from '../fallbackCounter';
import type { tf } from '../tf';
import type { OneDnnBackend } from './onednnBackend';

/** Kernels that only rename data: nothing to make native. */
const FREE = new Set(['Identity', 'Reshape', 'ExpandDims']);

/** A kernel of the plain CPU backend as this engine runs it. */
export function plainKernel(kernel: string, run: tf.KernelFunc, counter: FallbackCounter): tf.KernelFunc {
  if (FREE.has(kernel)) return run;
  const counted = counter.counted(kernel, run);
  return (parameters) => {
    const backend = parameters.backend as OneDnnBackend;
    backend.recording?.refuse(`${kernel} runs as plain JavaScript`);
    return withOwnMemory(counted(parameters), parameters.inputs, backend);
  };
}

/**
 * The CPU backend's contiguous slice is a view of its input's memory; once the input is disposed of, that memory would be used
 * again under the view. Such outputs get memory of their own.
 */
function withOwnMemory(
  result: tf.TensorInfo | tf.TensorInfo[],
  inputs: tf.NamedTensorInfoMap,
  backend: OneDnnBackend,
): tf.TensorInfo | tf.TensorInfo[] {
  const sources = new Set(Object.values(inputs).map((input) => input?.dataId));
  for (const info of Array.isArray(result) ? result : [result]) {
    if (sources.has(info.dataId)) continue;
    const entry = backend.data.get(info.dataId);
    const values = entry.values;
    if (values instanceof Float32Array && backend.pools.owns(values)) entry.values = values.slice();
  }
  return result;
}
