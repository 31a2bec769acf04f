/** Times of the pieces that kernels are cut into (native/src/PieceTimes.h). */
import { median } from '../../util/stats';
import { tf } from '../tf';
import type { PieceTimes, TimedCall, TimedRegion } from '../types';
import type { Addon } from './loader';
import type { OneDnnBackend } from './onednnBackend';

const addon = (): Addon => (tf.backend() as OneDnnBackend).addon;

/** So many regions without work are timed at once, and so often; the median is taken. */
const [REGIONS, ROUNDS] = [1000, 21];

export const pieceTimes: PieceTimes = {
  record(workers, times, f) {
    const { timePieces } = addon();
    timePieces(workers);
    try {
      return Array.from({ length: times }, () => {
        f();
        return timePieces(workers).map(([kernel, ns, serialNs, ...regions]): TimedCall => {
          return { kernel, ns, serialNs, regions: inPairs(regions) };
        });
      });
    } finally {
      timePieces(0);
    }
  },
  regionNs() {
    const times = Array.from({ length: ROUNDS }, () => {
      const begin = performance.now();
      addon().emptyRegions(2, REGIONS);
      return ((performance.now() - begin) * 1e6) / REGIONS;
    });
    return median(times);
  },
};

function inPairs(flat: readonly (number | Float64Array)[]): TimedRegion[] {
  return Array.from({ length: flat.length / 2 }, (_, i) => {
    return { workers: flat[2 * i] as number, pieces: flat[2 * i + 1] as Float64Array };
  });
}
