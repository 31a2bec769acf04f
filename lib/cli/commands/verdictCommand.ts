/** `iekd verdict`: what the runs that are there say of the paper's claims. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ClaimVerdict } from '../../experiments/verdict/claimVerdicts';
import { checkTyped } from '../options/usageError';
import { fittedText, textTable, writeResult } from '../output/output';

interface Flags {
  readonly budget: string;
  readonly kept?: boolean;
  readonly runs?: string;
  readonly results?: string;
  readonly json?: boolean;
}

export function addVerdict(program: Command): void {
  program
    .command('verdict')
    .description('Hold the paper’s claims against the runs that are there; trains nothing.')
    .option('--budget <name>', 'whose runs: smoke, short, medium or paper', 'short')
    .option('--kept', 'only results that git keeps')
    .option('--runs <folder>', 'of the runs; default: data/runs')
    .option('--results <folder>', 'of the results that git keeps; default: data/results')
    .option('--json', 'every claim with its numbers')
    .addHelpText(
      'after',
      `
A claim is that one row is better than another, from the differences seed by
seed: it holds, or does not hold, where their 95 % interval leaves out 0. Each
claim is judged by itself, not corrected for their number.

Examples:
  iekd verdict --kept
  iekd verdict --budget paper --json`,
    )
    .action(show);
}

async function show({ budget: name, kept = false, runs, results, json }: Flags): Promise<void> {
  const { budgetNamed } = await import('../../experiments/budgets.js');
  const { runStore } = await import('../../experiments/store/runStore.js');
  const { claimVerdicts } = await import('../../experiments/verdict/claimVerdicts.js');
  const budget = checkTyped(() => budgetNamed(name));
  const store = runStore({ ...(runs ? { runs: resolve(runs) } : {}), ...(results ? { results: resolve(results) } : {}) });
  const verdicts = claimVerdicts(budget, store, kept);
  writeResult({ json: verdicts, text: verdictText(verdicts, name) }, json);
}

function verdictText(verdicts: readonly ClaimVerdict[], budget: string): string {
  const rows = verdicts.filter(({ found }) => found).map(cells);
  const none = verdicts.filter(({ found }) => !found).length;
  const label = budget === 'paper' ? 'the paper’s epochs' : `budget ${budget}, not the paper’s epochs: says nothing of those`;
  const notes = [
    `Runs of ${label}. Differences are of the last test score, the first row less the second, over n seeds, with their 95 % interval; effect: in standard deviations of a difference; seeds: in all, for a power of 80 % at the effect seen.`,
    ...(none > 0 ? [`Of ${none} more there is no seed of both rows yet.`] : []),
  ];
  const table = rows.length > 0 ? [textTable(rows)] : [];
  return [...table, notes.map((note) => fittedText(note, '  ')).join('\n')].join('\n\n');
}

function cells({ experiment, group, better, than, found }: ClaimVerdict): Record<string, string> {
  if (!found) return {};
  const { verdict, interval, effect, needed } = found;
  const { n, mean, low, high } = interval;
  const ends = low === undefined || high === undefined ? '' : ` [${low.toFixed(2)}, ${high.toFixed(2)}]`;
  return {
    of: `${experiment}, ${group}`,
    claim: `${better} better than ${than}`,
    n: String(n),
    difference: `${mean.toFixed(2)}${ends}`,
    effect: effect?.toFixed(2) ?? '–',
    verdict,
    seeds: needed === undefined ? '–' : String(needed),
  };
}
