/** Counts kernels that run as plain JavaScript, with their time, so that a slow step can be explained. */
import { markFallback } from './profile/recorder';
import type { tf } from './tf';
import type { FallbackRow } from './types';

export class FallbackCounter {
  private readonly rows = new Map<string, { calls: number; ms: number }>();

  /** The kernel, each call of it counted. */
  counted(kernel: string, run: tf.KernelFunc): tf.KernelFunc {
    return (parameters) => {
      markFallback();
      const start = performance.now();
      const result = run(parameters);
      const { calls, ms } = this.rows.get(kernel) ?? { calls: 0, ms: 0 };
      this.rows.set(kernel, { calls: calls + 1, ms: ms + performance.now() - start });
      return result;
    };
  }

  /** Slowest first. */
  report(): FallbackRow[] {
    const rows = [...this.rows].map(([kernel, row]) => ({ kernel, ...row }));
    return rows.sort((a, b) => b.ms - a.ms);
  }

  reset(): void {
    this.rows.clear();
  }
}
