/** Verdicts as rows of a table, in a terminal as in a page. */
import { differenceText } from '../tables/tableText';
import type { ClaimVerdict } from './claimVerdicts';

/** What all forms show of a claim that runs tell something of, by the titles of the columns. */
export type VerdictRow = Readonly<Record<'of' | 'claim' | 'n' | 'difference' | 'effect' | 'verdict' | 'seeds', string>>;

/** A row for each claim of which some seed has both rows. */
export function verdictRows(verdicts: readonly ClaimVerdict[]): VerdictRow[] {
  return verdicts.flatMap(({ experiment, group, better, than, found }) => {
    if (!found) return [];
    const { verdict, interval, effect, needed } = found;
    const row = {
      of: `${experiment}, ${group}`,
      claim: `${better} better than ${than}`,
      n: String(interval.n),
      difference: differenceText(interval),
      effect: effect?.toFixed(2).replace('-', '−') ?? '–',
      verdict,
      seeds: needed === undefined ? '–' : String(needed),
    };
    return [row];
  });
}

/** What a reader has to know about the rows. */
export function verdictNotes(verdicts: readonly ClaimVerdict[], budget: string): string[] {
  const none = verdicts.filter(({ found }) => !found).length;
  const label = budget === 'paper' ? 'the paper’s epochs' : `budget ${budget}, not the paper’s epochs: says nothing of those`;
  return [
    `Runs of ${label}. Differences are of the last test score, the first row less the second, over n seeds, with their 95 % interval; effect: in standard deviations of a difference; seeds: in all, for a power of 80 % at the effect seen.`,
    ...(none > 0 ? [`Of ${none} more there is no seed of both rows yet.`] : []),
  ];
}
