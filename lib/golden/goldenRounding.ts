/**
 * How far float32 rounding alone moves a golden value. ReLU and |x| have kinks: a value within rounding error of one goes
 * either way, its gradient jumps, and the steps of an optimiser multiply the jump. PyTorch 1.13 is itself subject to it: with
 * the ResNet-20 B, seed 0, batch 8 file it wrote on a CPU with AVX-512, the same PyTorch limited to AVX2 is 0.0067 off the
 * fourth step, in float64 0.0125 off the fifth. So a tensor beyond the tolerance is replayed from weights moved by about the
 * rounding error that a forward pass collects, and is held against the spread of those replays.
 */
import type { TensorData } from '../engine/variables';
import { refuse } from '../util/check';
import { type RandomStream, random } from '../util/rng';
import { type Compared, type Tolerance, worstOf } from './goldenCompare';
import type { GoldenFile, Wanted } from './goldenFile';

/** Replays from moved weights, at most: each falls on either side of a kink at random. */
const REPLAYS = 8;
/** Relative standard deviation of the noise on weights, 2⁻²²: two units in the last place of float32. */
const NOISE = 2 ** -22;

/** Spread of a row: how far replays from moved weights are from the unmoved one. Stops replaying once that is `enough`. */
export type SpreadOf = (row: Compared, tolerance: Tolerance, enough: number) => number;

/** Replays as often as it is asked for rows that need it; none at all when it is never asked. */
export function roundingSpreads(file: GoldenFile, rows: readonly Compared[], replay: (file: GoldenFile) => Compared[]): SpreadOf {
  const moved: Compared[][] = [];
  return (row, tolerance, enough) => {
    const at = rows.indexOf(row);
    let spread = 0;
    for (let i = 0; i < REPLAYS && spread < enough; i++) {
      moved[i] ??= replay(withNoise(file, random(i).stream('golden')));
      const other = moved[i]?.[at];
      if (other?.tensor !== row.tensor) throw refuse('golden: rounding', `a replay of ${row.tensor}`, other?.tensor);
      spread = Math.max(spread, worstOf(row.tensor, row.actual, other.actual, tolerance).error);
    }
    return spread;
  };
}

function withNoise(file: GoldenFile, stream: RandomStream): GoldenFile {
  const move = ({ shape, data }: TensorData): TensorData => {
    return { shape, data: data.map((value) => value * (1 + NOISE * stream.normal())) };
  };
  const state = (prefix: string, wanted?: Wanted): Record<string, TensorData> =>
    Object.fromEntries(Object.entries(file.state(prefix, wanted)).map(([name, value]) => [name, move(value)]));
  return { ...file, state };
}
