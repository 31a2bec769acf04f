/** How the bench shows where it is. */
import type { BenchProgress } from '../../bench/bench';
import type { ProgressView } from '../output/terminalProgress';

/** A bar over all parts of all rounds; a log has a line for each part. */
export function showing(view: ProgressView): (progress: BenchProgress) => void {
  return ({ round, rounds, what, done, total }) => {
    const note = `round ${round} of ${rounds}: ${what}`;
    view.show({ stage: 'bench', done, total, unit: 'parts', rate: 0, etaSeconds: null, note }, true);
    view.milestone(note);
  };
}
