/**
 * The rows of a pair of networks in the order of their scores after the last epoch, and how far each is from rows that all are
 * compared with, seed by seed. A rank is an order of means, not a finding: what is more than chance, the intervals say.
 */
import type { Interval, Summary } from '../../util/stats';
import { pairedDifference, seedPairs, type TableLine } from './experimentTable';
import { differenceText, summaryText } from './tableText';
import { type ScoreStyle, scoreColumn } from './testScore';

/** A row with its place. */
export interface RankedLine {
  /** From 1. */
  readonly rank: number;
  readonly label: string;
  readonly ie: boolean;
  readonly score: Summary;
  readonly runs: TableLine['runs'];
  /** Differences to other rows by their labels, over the seeds that both have; a row has none to itself. */
  readonly differences: Readonly<Record<string, Interval>>;
}

/** The trained students among the lines, the best first. @param lines of one pair @param beside labels of the rows to compare with */
export function ranking(lines: readonly TableLine[], { better }: ScoreStyle, beside: readonly string[]): RankedLine[] {
  const students = lines.flatMap((line) => (line.teacher || !line.score ? [] : [{ ...line, score: line.score }]));
  const others = beside.flatMap((label) => students.find((line) => line.label === label) ?? []);
  const sign = better === 'lower' ? 1 : -1;
  return students
    .sort((a, b) => sign * (a.score.mean - b.score.mean))
    .map(({ label, ie, score, runs }, i) => ({
      ...{ rank: i + 1, label, ie, score, runs },
      differences: Object.fromEntries(
        others.flatMap((other) => {
          const interval = label === other.label ? undefined : pairedDifference(seedPairs(runs, other.runs));
          return interval ? [[other.label, interval]] : [];
        }),
      ),
    }));
}

/** As a table: rank, row, n, score, and a column for each label of `beside`. */
export function rankingRows(
  ranked: readonly RankedLine[],
  style: ScoreStyle,
  beside: readonly string[],
): Record<string, string>[] {
  return ranked.map(({ rank, label, score, differences }) => ({
    ...{ rank: String(rank), row: label, n: String(score.n), [scoreColumn(style)]: summaryText(score) },
    ...Object.fromEntries(
      beside.map((other) => [`Δ to ${other}, 95 %`, label === other ? '' : differenceText(differences[other])]),
    ),
  }));
}
