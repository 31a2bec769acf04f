/** `iekd engines`: what can compute on this machine. */
import type { Command } from 'commander';
import { textTable, writeResult } from '../output/output';

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
        rows.map(({ name, available, reason }) => ({ engine: name, usable: available ? 'yes' : 'no', reason: reason ?? '' })),
      );
      writeResult({ json: rows, text }, json);
    });
}
