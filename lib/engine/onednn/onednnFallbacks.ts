/** Counts what ran as plain JavaScript, so that a slow step can be explained, and keeps those kernels off recycled memory. */
import { markFallback } from '../profile/recorder';
import type { tf } from '../tf';
import type { FallbackRow } from '../types';
import type { OneDnnBackend } from './onednnBackend';

/** Kernels that only rename data: nothing to make native. */
const FREE = new Set(['Identity', 'Reshape', 'ExpandDims']);

export class FallbackCounter {
  private readonly rows = new Map<string, { calls: number; ms: number }>();

  /** Wraps a kernel of the plain CPU backend. */
  wrap(kernel: string, run: tf.KernelFunc): tf.KernelFunc {
    const timed: tf.KernelFunc = (parameters) => {
      markFallback();
      const start = performance.now();
      const result = run(parameters);
      this.count(kernel, performance.now() - start);
      return detached(result, parameters.inputs, parameters.backend as OneDnnBackend);
    };
    return FREE.has(kernel) ? run : timed;
  }

  /** Slowest first. */
  report(): FallbackRow[] {
    const rows = [...this.rows].map(([kernel, { calls, ms }]) => ({ kernel, calls, ms }));
    return rows.sort((a, b) => b.ms - a.ms);
  }

  reset(): void {
    this.rows.clear();
  }

  private count(kernel: string, ms: number): void {
    const row = this.rows.get(kernel) ?? { calls: 0, ms: 0 };
    this.rows.set(kernel, { calls: row.calls + 1, ms: row.ms + ms });
  }
}

/**
 * The CPU backend's contiguous slice is a view of its input's memory; once the input is disposed of, that memory would be used
 * again under the view. Such outputs get memory of their own.
 */
function detached(
  result: tf.TensorInfo | tf.TensorInfo[],
  inputs: tf.NamedTensorInfoMap,
  backend: OneDnnBackend,
): tf.TensorInfo | tf.TensorInfo[] {
  const sources = new Set(Object.values(inputs).map((input) => input?.dataId));
  for (const info of Array.isArray(result) ? result : [result]) {
    if (sources.has(info.dataId)) continue;
    const entry = backend.data.get(info.dataId);
    const values = entry.values;
    if (values instanceof Float32Array && backend.pool.owns(values)) entry.values = values.slice();
  }
  return result;
}
