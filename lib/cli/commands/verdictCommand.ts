/** `iekd verdict`: what the runs that are there say of the paper's claims. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
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
  const { verdictNotes, verdictRows } = await import('../../experiments/verdict/verdictRows.js');
  const budget = checkTyped(() => budgetNamed(name));
  const store = runStore({ ...(runs ? { runs: resolve(runs) } : {}), ...(results ? { results: resolve(results) } : {}) });
  const verdicts = claimVerdicts(budget, store, kept);
  const rows = verdictRows(verdicts);
  const notes = verdictNotes(verdicts, name)
    .map((note) => fittedText(note, '  '))
    .join('\n');
  writeResult({ json: verdicts, text: rows.length > 0 ? `${textTable(rows)}\n\n${notes}` : notes }, json);
}
