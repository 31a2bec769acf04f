/**
 * When the engine's threads would be done with the pieces of a region. A worker has a run of neighbouring pieces and does them in their
 * order; one that has done its own goes to its right neighbour, and on from there, and takes the first piece that nobody has
 * (engine/onednn/native/src/ThreadPool.h).
 */
import { refuse } from '../../util/check';

/**
 * @param pieces times, of which each worker has equally many
 * @param workers at least 1
 * @returns time at which the last piece is done, where all workers begin at 0 and taking a piece takes no time; of workers who come at
 * the same time the one with the lower number is first
 * @throws InputError where the pieces cannot be dealt out equally
 */
export function finishTime(pieces: ArrayLike<number>, workers: number): number {
  const each = pieces.length / workers;
  if (!Number.isInteger(each) || workers < 1) throw refuse('finishTime: pieces', `a multiple of ${workers}`, pieces.length);
  const clocks = new Float64Array(workers);
  const next = Array.from({ length: workers }, (_, worker) => worker * each);
  /** The worker whose pieces each one looks at: nobody goes back, since pieces do not come again. */
  const looksAt = Array.from({ length: workers }, (_, worker) => worker);
  for (let left = pieces.length; left > 0; left--) {
    const worker = earliest(clocks);
    while (next[ownerOf(looksAt, worker)] === (ownerOf(looksAt, worker) + 1) * each)
      looksAt[worker] = (looksAt[worker] as number) + 1;
    const owner = ownerOf(looksAt, worker);
    const piece = next[owner] as number;
    next[owner] = piece + 1;
    clocks[worker] = (clocks[worker] as number) + (pieces[piece] as number);
  }
  return clocks.reduce((latest, clock) => Math.max(latest, clock), 0);
}

const ownerOf = (looksAt: readonly number[], worker: number): number => (looksAt[worker] as number) % looksAt.length;

function earliest(clocks: Float64Array): number {
  let first = 0;
  for (let worker = 1; worker < clocks.length; worker++) {
    if ((clocks[worker] as number) < (clocks[first] as number)) first = worker;
  }
  return first;
}
