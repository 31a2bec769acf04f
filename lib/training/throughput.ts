/** How fast training goes, as a display wants it: a moving average, in which the slow first steps are soon forgotten. */

export interface Throughput {
  /** Counts `images` done in `seconds`. */
  add(images: number, seconds: number): void;
  /** 0 before the first step. */
  imagesPerSecond(): number;
  /** Seconds that `images` more will take; 0 before the first step. */
  secondsFor(images: number): number;
}

/** @param memory share of the past that a step keeps, in [0, 1): 0.95 remembers some 20 steps */
export function throughput(memory = 0.95): Throughput {
  let images = 0;
  let seconds = 0;
  return {
    add(moreImages, moreSeconds) {
      images = memory * images + moreImages;
      seconds = memory * seconds + moreSeconds;
    },
    imagesPerSecond: () => (seconds > 0 ? images / seconds : 0),
    secondsFor: (count) => (images > 0 ? (count * seconds) / images : 0),
  };
}

/** Returns, each time it is called, the seconds since the call before. @param now milliseconds of the clock that it reads */
export function stopwatch(now: () => number = () => performance.now()): () => number {
  let last = now();
  return () => {
    const time = now();
    const seconds = (time - last) / 1000;
    last = time;
    return seconds;
  };
}
