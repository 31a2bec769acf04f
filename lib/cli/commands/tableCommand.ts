/** `iekd table table1`: a table of the paper from what was trained so far. */
import type { Command } from 'commander';
import type { TableText } from '../../experiments/tables/tableText';
import { askedExperiment, type ExperimentFlags, experimentOptions } from '../options/experimentOptions';
import { textTable, writeResult } from '../output/output';

interface Flags extends ExperimentFlags {
  readonly format: string;
  readonly kept?: boolean;
}

export function addTable(program: Command): void {
  const command = program
    .command('table')
    .argument('<experiment>', 'see iekd reproduce')
    .description('Show the table of an experiment, from the runs that are there; trains nothing.');
  const format = command.createOption('--format <name>', 'json has the numbers of every run').default('text');
  experimentOptions(command)
    .addOption(format.choices(['text', 'markdown', 'latex', 'csv', 'json']))
    .option('--kept', 'only results that git keeps')
    .addHelpText(
      'after',
      `
Examples:
  iekd table table1 --groups 1
  iekd table table1 --kept --format markdown        as it is kept in data/results/table1.md`,
    )
    .action(show);
}

async function show(name: string, { format, kept = false, ...flags }: Flags): Promise<void> {
  const { experiment, budget, rows, store } = await askedExperiment(name, flags);
  const { tableOf } = await import('../../experiments/tables/buildTable.js');
  const { formatTable } = await import('../../experiments/tables/tableFormats.js');
  const table = tableOf(experiment, budget, { store, rows, kept });
  if (format === 'json') return writeResult({ json: table.lines, text: '' }, true);
  const text = format === 'text' ? await terminalText(table) : formatTable(table, format);
  process.stdout.write(text);
}

async function terminalText({ title, lines, notes }: TableText): Promise<string> {
  const { tableCells, tableGroups } = await import('../../experiments/tables/tableText.js');
  const blocks = tableGroups(lines).map(({ group, lines: own }) => textTable(own.map(tableCells), { caption: group }));
  return `${title}\n\n${blocks.join('\n\n')}\n\n${notes.join('\n')}\n`;
}
