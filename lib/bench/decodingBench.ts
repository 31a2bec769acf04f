/** How long SSD300's predictions take to become detections: softmax, threshold, suppression of 8,732 priors of 21 classes. */

import { boxCount } from '../detection/boxes';
import { decodeDetections } from '../detection/decoding';
import { ssd300Priors } from '../detection/priors/priorSets';
import { priorBoxes } from '../detection/priors/priors';
import { integerIn } from '../util/check';
import { random } from '../util/rng';
import { median } from '../util/stats';
import type { MeasureRow } from './measureRow';

const CLASSES = 20;
/** Milliseconds an image. */
const BAR = 10;

/** Logits are normal: their spread, and how far the background is above the classes. */
const LOADS = [
  { measure: 'decoding an image, mostly background', background: 9, spread: 2 },
  { measure: 'decoding an image, every class at every prior', background: 0, spread: 1 },
] as const;

/** A row for each load; milliseconds are the median. @param rounds images each */
export function benchDecoding(rounds: number): MeasureRow[] {
  integerIn('benchDecoding: rounds', rounds, 1);
  const priors = priorBoxes(ssd300Priors());
  const stream = random(0).stream('decoding');
  const normals = (size: number): Float32Array => Float32Array.from({ length: size }, () => stream.normal());
  return LOADS.map(({ measure, background, spread }) => {
    const logits = normals(boxCount(priors) * (CLASSES + 1)).map(
      (x, i) => spread * x + (i % (CLASSES + 1) === 0 ? background : 0),
    );
    const offsets = normals(priors.length);
    const once = (): number => {
      const begin = performance.now();
      decodeDetections(logits, offsets, priors);
      return performance.now() - begin;
    };
    const times = Array.from({ length: 3 + rounds }, once).slice(3); // V8 compiles it in the first
    return { measure, unit: 'ms', bar: BAR, values: { iekd: median(times) } };
  });
}
