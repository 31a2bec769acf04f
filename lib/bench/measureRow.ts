/** One line of a result: something that is measured of several programs, in a unit of its own. */
export interface MeasureRow {
  readonly measure: string;
  readonly unit: 'ms' | 'lines';
  /** At most so many milliseconds; absent where more is better. */
  readonly bar?: number;
  /** By program; null where it has no such thing, or failed. */
  readonly values: Readonly<Record<string, number | null>>;
}
