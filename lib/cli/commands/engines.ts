/** `iekd engines`: what can compute on this machine. */
import type { Command } from 'commander';
import { writeResult } from '../output';
import { textTable } from '../table';

export function addEngines(program: Command): void {
  program
    .command('engines')
    .description('List the engines, in order of preference, and why one cannot be used here.')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nIEKD_ENGINE=portable (or --engine portable where a command has it) chooses one.')
    .action(async ({ json }: { json?: boolean }) => {
      const { listEngines } = await import('../../engine/start.js');
      const rows = await listEngines();
      const text = textTable(
        [
          { title: 'engine', value: (row) => row.name },
          { title: 'usable', value: (row) => (row.available ? 'yes' : 'no') },
          { title: '', value: (row) => row.reason ?? '' },
        ],
        rows,
      );
      writeResult({ json: rows, text }, json);
    });
}
