/** How a computed tensor is held against an expected one. */
import type { TensorData } from '../engine/variables';
import { refuse, sameShape } from '../util/check';
import type { State } from '../weights/torchState';

/** A value passes when |actual − expected| ≤ relative · |expected| + absolute. */
export interface Tolerance {
  readonly relative: number;
  /** Lowered to relative · max |expected| for a tensor whose values are all small: else a wrong small gradient would pass. */
  readonly absolute: number;
}

/** The value that is furthest off. */
export interface Deviation {
  readonly tensor: string;
  /** Position in the library's layout: maps [batch, height, width, channels], filters [height, width, in, out]. */
  readonly index: readonly number[];
  readonly expected: number;
  readonly actual: number;
  /** |actual − expected| / (|expected| + absolute / relative), to be compared with the relative tolerance. */
  readonly error: number;
}

/** A tensor beyond the tolerance, by no more than float32 rounding explains. */
export interface RoundingNote {
  readonly deviation: Deviation;
  /** How far rounding alone moves this tensor, in the unit of `Deviation.error`. */
  readonly spread: number;
}

/** One group of tensors compared. */
export interface GoldenGroup {
  readonly name: string;
  readonly tensors: number;
  readonly values: number;
  readonly tolerance: Tolerance;
  /** The worst of those that failed, or else of all. */
  readonly worst: Deviation;
  /** Tensors that pass only because rounding decides them. */
  readonly rounding: readonly RoundingNote[];
  readonly passed: boolean;
}

/** A tensor and what it should be, in one layout. */
export interface Compared {
  readonly group: string;
  readonly tensor: string;
  readonly expected: TensorData;
  readonly actual: TensorData;
}

/** Rows for every tensor of two states, which must have the same names. */
export function compareStates(group: string, prefix: string, expected: State, actual: State): Compared[] {
  const [wanted, given] = [Object.keys(expected).sort(), Object.keys(actual).sort()];
  const odd = wanted.find((name) => !given.includes(name)) ?? given.find((name) => !wanted.includes(name));
  if (odd !== undefined) throw refuse(`golden: ${prefix}`, 'the same names in the file and in the library', odd);
  return wanted.map((name) => {
    return { group, tensor: `${prefix}.${name}`, expected: expected[name] as TensorData, actual: actual[name] as TensorData };
  });
}

/** A spread above the tolerance excuses an error of up to this many times itself: both are draws of the same size. */
const SPREAD_FACTOR = 3;

/** Sums up the rows of one group. @param spreadOf asked for tensors beyond the tolerance only; it may stop at `enough` */
export function compareGroup(
  name: string,
  rows: readonly Compared[],
  tolerance: Tolerance,
  spreadOf: (row: Compared, enough: number) => number,
): GoldenGroup {
  if (rows.length === 0) throw refuse(`golden: ${name}`, 'at least one tensor to compare', 0);
  const failed: Deviation[] = [];
  const rounding: RoundingNote[] = [];
  const deviations = rows.map((row) => {
    const deviation = worstOf(row.tensor, row.expected, row.actual, tolerance);
    if (deviation.error <= tolerance.relative) return deviation;
    const enough = deviation.error / SPREAD_FACTOR;
    const spread = Number.isFinite(enough) ? spreadOf(row, enough) : 0;
    if (spread >= enough) rounding.push({ deviation, spread });
    else failed.push(deviation);
    return deviation;
  });
  const worst = (failed.length > 0 ? failed : deviations).reduce((a, b) => (b.error > a.error ? b : a));
  const values = rows.reduce((sum, { expected }) => sum + expected.data.length, 0);
  return { name, tensors: rows.length, values, tolerance, worst, rounding, passed: failed.length === 0 };
}

/** The worst value of a tensor; one that is not finite, on either side, is infinitely off. */
export function worstOf(tensor: string, expected: TensorData, actual: TensorData, { relative, absolute }: Tolerance): Deviation {
  if (!sameShape(expected.shape, actual.shape))
    throw refuse(`golden: ${tensor}`, `shape ${JSON.stringify(expected.shape)}`, actual.shape);
  if (expected.data.length === 0) throw refuse(`golden: ${tensor}`, 'at least one value', 0);
  const largest = expected.data.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const floor = Math.min(absolute / relative, largest || Number.POSITIVE_INFINITY);
  let [at, worst] = [0, -1];
  for (let i = 0; i < expected.data.length; i++) {
    const [e, a] = [expected.data[i] as number, actual.data[i] as number];
    const finite = Number.isFinite(e) && Number.isFinite(a);
    const error = finite ? Math.abs(a - e) / (Math.abs(e) + floor) : Number.POSITIVE_INFINITY;
    if (error > worst) [at, worst] = [i, error];
  }
  const values = { expected: expected.data[at] as number, actual: actual.data[at] as number };
  return { tensor, index: positionOf(at, expected.shape), ...values, error: worst };
}

function positionOf(flat: number, shape: readonly number[]): number[] {
  let rest = flat;
  const reversed = [...shape].reverse().map((size) => {
    const position = rest % size;
    rest = (rest - position) / size;
    return position;
  });
  return reversed.reverse();
}
