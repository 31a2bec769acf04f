/** `iekd models`: the networks by name. */
import type { Command } from 'commander';
import { writeResult } from '../output';
import { textTable } from '../table';

export function addModels(program: Command): void {
  program
    .command('models')
    .description('List the networks with their sizes.')
    .option('--json', 'as JSON, with every feature map that can be matched')
    .action(async ({ json }: { json?: boolean }) => {
      const { describeModels } = await import('../../models/index.js');
      const rows = describeModels();
      const text = textTable(
        [
          { title: 'model', value: (row) => row.name },
          { title: 'parameters, 10 classes', value: (row) => row.parameters10 },
          { title: '100 classes', value: (row) => row.parameters100 },
          { title: 'million multiply-adds', value: (row) => Math.round(row.multiplyAdds / 1e5) / 10 },
          { title: '', value: (row) => row.summary },
        ],
        rows,
      );
      writeResult({ json: rows, text }, json);
    });
}
