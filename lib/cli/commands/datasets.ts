/** `iekd datasets`: what is there to train on, and how to get the rest. */
import type { Command } from 'commander';
import { writeResult } from '../output';
import { textTable } from '../table';

export function addDatasets(program: Command): void {
  program
    .command('datasets')
    .description('List the data sets: what is on this machine, and how to get the rest.')
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const { describeDatasets } = await import('../../data/index.js');
      const rows = describeDatasets();
      const text = textTable(
        [
          { title: 'data set', value: (row) => row.name },
          { title: 'classes', value: (row) => row.classes },
          { title: 'training', value: (row) => row.train },
          { title: 'test', value: (row) => row.test },
          { title: 'image', value: (row) => row.shape.join('×') },
          { title: 'here', value: (row) => (row.present ? 'yes' : 'no') },
          { title: '', value: (row) => (row.present ? row.where : row.how) },
        ],
        rows,
      );
      writeResult({ json: rows, text }, json);
    });
}
