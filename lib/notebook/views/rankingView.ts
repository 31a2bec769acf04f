/** The rows of an experiment in the order of their scores: as a table, and as a figure. */
import { type RankedLine, ranking, rankingRows } from '../../experiments/tables/ranking';
import type { TableText } from '../../experiments/tables/tableText';
import { wrappedMethods, wrappingText } from '../../experiments/tables/wrapping';
import { knownKeys, objectIn } from '../../util/check';
import { display } from '../display/display';
import type { Row } from '../display/table';
import { showFigure } from '../plots/figure';
import { rankingFigure } from './rankingFigure';

/** Options of `rankingTable` and `showRanking`. */
export interface RankingOptions {
  /** The pair of networks. Default the first. */
  readonly group?: string;
  /** Labels of the rows that all are compared with. Default alone and KD. */
  readonly beside?: readonly string[];
}

const BESIDE: readonly string[] = ['alone', 'KD'];

/**
 * The trained rows of a pair of networks, the best first: last epoch, mean ± sd, and differences to `beside` seed by seed with their 95 %
 * intervals, each by itself. Ranks order means; what is more than chance, the intervals say.
 * @param table of an experiment, as `openExperiment(…).table()` gives it
 * @example
 * ```ts
 * import { budgetNamed, openExperiment, rankingTable, showTable } from 'iekd';
 *
 * const board = openExperiment('leaderboard', budgetNamed('short'));
 * showTable(rankingTable(board.table()));
 * ```
 */
export function rankingTable(table: TableText, options: RankingOptions = {}): Row[] {
  return rankingRows(ranked('rankingTable', table, options), table.style, options.beside ?? BESIDE);
}

/** `rankingTable` as a figure, a method and its form under inheritance and exploration on one line; says so where nothing is trained yet. */
export async function showRanking(table: TableText, options: RankingOptions = {}): Promise<void> {
  const lines = ranked('showRanking', table, options);
  if (lines.length > 0) return showFigure(rankingFigure(lines, table.style, options.beside ?? BESIDE));
  display({ 'text/plain': `${table.title}: no row has a run yet` });
}

/**
 * In a sentence what inheritance and exploration change over all methods of a pair of which both rows are trained: the mean of the methods' own
 * differences, with its 95 % interval over the methods, and which methods are better under them.
 */
export function ieOverMethods(table: TableText, options: Pick<RankingOptions, 'group'> = {}): string {
  const { lines, style } = linesOf('ieOverMethods', table, options, ['group']);
  return wrappingText(wrappedMethods(lines), style);
}

function ranked(where: string, table: TableText, options: RankingOptions): RankedLine[] {
  const { lines, style } = linesOf(where, table, options, ['group', 'beside']);
  return ranking(lines, style, options.beside ?? BESIDE);
}

/** The lines of one pair. */
function linesOf(
  where: string,
  table: TableText,
  options: RankingOptions,
  keys: readonly (keyof RankingOptions)[],
): Pick<TableText, 'lines' | 'style'> {
  const { lines, style } = objectIn(where, 'a table of an experiment', table, ['lines', 'style']);
  knownKeys(where, options, keys);
  const { group = lines[0]?.group } = options;
  return { lines: lines.filter((line) => line.group === group), style };
}
