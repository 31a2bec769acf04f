/** Times of steps: at least so many, and no further ones when the seconds are over, so that networks of all sizes can be in one table. */
import { nextTurn } from '../../util/stopSignal';

export interface StepBounds {
  readonly least: number;
  readonly most: number;
  readonly seconds: number;
}

/** Before the first timed ones: they make kernels, fill caches, and have JavaScript compiled. As pytorch_models.py does it. */
export const FIRST_STEPS: StepBounds = { least: 3, most: 10, seconds: 2 };
/** Before those of later rounds. */
export const LATER_STEPS: StepBounds = { least: 1, most: 1, seconds: 2 };
/** Those that are timed in a round. */
export const roundSteps = (steps: number): StepBounds => ({ least: Math.min(3, steps), most: steps, seconds: 5 });

/** @returns seconds of each. Between steps the event loop turns, as in training: some engines let memory go only then */
export async function timedSteps(step: () => void, { least, most, seconds }: StepBounds): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + 1000 * seconds;
  while (times.length < least || (times.length < most && performance.now() < end)) {
    const begin = performance.now();
    step();
    times.push((performance.now() - begin) / 1000);
    await nextTurn();
  }
  return times;
}
