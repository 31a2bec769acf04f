/** What the runs say of the paper's claims, in a page. */
import type { Budget } from '../../experiments/budgets';
import { runStore } from '../../experiments/store/runStore';
import { type ClaimVerdict, claimVerdicts } from '../../experiments/verdict/claimVerdicts';
import { verdictNotes, verdictRows } from '../../experiments/verdict/verdictRows';
import { knownKeys, objectIn, objectsIn } from '../../util/check';
import { showTable } from '../display/table';

/** Options of `verdicts`. */
export interface VerdictOptions {
  /** Only results that git keeps, of any seed. Default false. */
  readonly kept?: boolean;
}

/**
 * The paper's claims held against the runs of a budget: each is that one row of a table is better than another, judged by the
 * differences seed by seed. Trains nothing.
 * @throws InputError for options that are not known
 * @example
 * ```ts
 * import { budgetNamed, showVerdicts, verdicts } from 'iekd';
 *
 * const budget = budgetNamed('short');
 * showVerdicts(verdicts(budget, { kept: true }), budget);
 * ```
 */
export function verdicts(budget: Budget, options: VerdictOptions = {}): ClaimVerdict[] {
  knownKeys('verdicts', options, ['kept']);
  objectIn('verdicts', 'a budget', budget, ['name', 'seeds']);
  return claimVerdicts(budget, runStore(), options.kept ?? false);
}

/** Shows verdicts as a table, with the budget that they are of and how many claims nothing is known of yet. */
export function showVerdicts(all: readonly ClaimVerdict[], budget: Pick<Budget, 'name'>): void {
  objectsIn('showVerdicts', 'verdicts', all);
  const { name } = objectIn('showVerdicts', 'a budget', budget, ['name']);
  const [first = '', ...others] = verdictNotes(all, name);
  showTable(verdictRows(all), { caption: [first, ...others].join(' ') });
}
