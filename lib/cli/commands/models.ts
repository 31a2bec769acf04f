/** `iekd models`: the networks by name. */
import type { Command } from 'commander';
import { textTable, writeResult } from '../output';

export function addModels(program: Command): void {
  program
    .command('models')
    .description('List the networks with their sizes.')
    .option('--json', 'as JSON, with every feature map that can be matched')
    .action(async ({ json }: { json?: boolean }) => {
      const { describeModels } = await import('../../models/index.js');
      const rows = describeModels();
      const text = textTable(
        rows.map((row) => ({
          model: row.name,
          'parameters, 10 classes': row.parameters10,
          '100 classes': row.parameters100,
          'million multiply-adds': row.multiplyAdds / 1e6,
          what: row.summary,
        })),
        { digits: { 'million multiply-adds': 1 } },
      );
      writeResult({ json: rows, text }, json);
    });
}
