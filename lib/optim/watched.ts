/** What a loss may use besides its batch, watched: a step that was recorded would use what it was then. */
import type { Sees } from '../engine/capture/capturedFunction';
import type { Random } from '../util/rng';
import type { Clock } from './objective';

/** The same clock, which tells when somebody looks where the stage stands. */
export function watchedClock(clock: Clock, sees: Sees): Clock {
  return {
    epochs: clock.epochs,
    ...(clock.drops ? { drops: clock.drops } : {}),
    get step() {
      sees('the loss depends on the number of the step');
      return clock.step;
    },
    get epoch() {
      sees('the loss depends on the epoch');
      return clock.epoch;
    },
  };
}

/** The same numbers; it tells when some are drawn. */
export function watchedRandom(random: Random, sees: Sees): Random {
  return {
    seed: random.seed,
    stream(name) {
      sees('random numbers are drawn (dropout)');
      return random.stream(name);
    },
    child: (name) => watchedRandom(random.child(name), sees),
  };
}

/** The same numbers of images; it tells when somebody looks at them. */
export function watchedNumbers(numbers: () => Int32Array, sees: Sees): () => Int32Array {
  return () => {
    sees('the loss depends on which images are in the batch');
    return numbers();
  };
}
