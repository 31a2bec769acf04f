/** The paper's claims held against the runs of a store. */
import type { Budget } from '../budgets';
import { type ExperimentRow, rowsOn } from '../experiment';
import { experimentNamed } from '../paper';
import type { RunStore } from '../store/runStore';
import { recordsFor } from '../tables/buildTable';
import { recordsOf, scorePairs } from '../tables/experimentTable';
import { type ScoreStyle, scoreStyle } from '../tables/testScore';
import { type PairedVerdict, pairedVerdict } from './pairedVerdict';
import { PAPER_CLAIMS, type PaperClaim } from './paperClaims';

/** A claim in one group of its table; without `found` no seed has both rows yet. */
export interface ClaimVerdict extends PaperClaim {
  readonly group: string;
  readonly budget: string;
  readonly style: ScoreStyle;
  readonly found?: PairedVerdict;
}

/** Every claim in every group that has both of its rows. @param kept only results that git keeps, of any seed */
export function claimVerdicts(budget: Budget, store: RunStore, kept = false): ClaimVerdict[] {
  return PAPER_CLAIMS.flatMap((claim) => {
    const rows = rowsOn(experimentNamed(claim.experiment), budget);
    const records = kept ? store.all() : recordsFor(rows, budget.seeds, store);
    return [...new Set(rows.map(({ group }) => group))].flatMap((group) => {
      const labelled = (label: string): ExperimentRow | undefined =>
        rows.find((row) => row.group === group && row.label === label && row.plan);
      const [better, than] = [labelled(claim.better), labelled(claim.than)];
      if (!better?.plan || !than) return [];
      const style = scoreStyle(better.plan);
      const differences = scorePairs(recordsOf(better, records), recordsOf(than, records)).map(([a, b]) => a - b);
      const found = differences.length > 0 ? { found: pairedVerdict(differences, style.better) } : {};
      return [{ ...claim, group, budget: budget.name, style, ...found }];
    });
  });
}
