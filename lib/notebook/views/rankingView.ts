/** The rows of an experiment in the order of their scores: as a table, and as a figure. */
import { type RankedLine, ranking, rankingRows } from '../../experiments/tables/ranking';
import type { TableText } from '../../experiments/tables/tableText';
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

function ranked(where: string, table: TableText, options: RankingOptions): RankedLine[] {
  const { lines, style } = objectIn(where, 'a table of an experiment', table, ['lines', 'style']);
  knownKeys(where, options, ['group', 'beside']);
  const { group = lines[0]?.group, beside = BESIDE } = options;
  return ranking(
    lines.filter((line) => line.group === group),
    style,
    beside,
  );
}
