/** `iekd table table1`: a table of the paper from what was trained so far. */
import type { Command } from 'commander';
import { askedExperiment, type ExperimentFlags, experimentOptions } from '../options/experimentOptions';
import { oneOf } from '../options/parsers';
import { experimentText } from '../output/experimentText';
import { writeResult } from '../output/output';

interface Flags extends ExperimentFlags {
  readonly format: string;
  readonly kept?: boolean;
}

const FORMATS = ['text', 'markdown', 'latex', 'csv', 'json'];

export function addTable(program: Command): void {
  const command = program
    .command('table')
    .argument('<experiment>', 'see iekd reproduce')
    .description('Show the table of an experiment, from the runs that are there; trains nothing.');
  const format = oneOf('--format <name>', 'json has the numbers of every run', FORMATS).default('text');
  experimentOptions(command)
    .addOption(format)
    .option('--kept', 'only results that git keeps')
    .addHelpText(
      'after',
      `
Examples:
  iekd table table1 --groups 1
  iekd table table1 --kept --format markdown    as in data/results/table1.md
  iekd reproduce table1 --status                what is still to be trained`,
    )
    .action(show);
}

async function show(name: string, { format, kept = false, ...flags }: Flags): Promise<void> {
  const { experiment, budget, rows, store } = await askedExperiment(name, flags);
  const { tableOf } = await import('../../experiments/tables/buildTable.js');
  const { formatTable, tableJson } = await import('../../experiments/tables/tableFormats.js');
  const table = tableOf(experiment, budget, { store, rows, kept });
  if (format === 'json') return writeResult({ json: tableJson(table), text: '' }, true);
  const text = format === 'text' ? `${await experimentText(table)}\n` : formatTable(table, format);
  process.stdout.write(text);
}
