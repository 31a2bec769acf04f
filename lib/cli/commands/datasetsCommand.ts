/** `iekd datasets`: what is there to train on, and how to get the rest. */
import type { Command } from 'commander';
import { textTable, writeResult } from '../output/output';

export function addDatasets(program: Command): void {
  program
    .command('datasets')
    .description('List the data sets: what is on this machine, and how to get the rest.')
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const { describeDatasets } = await import('../../data/index.js');
      const rows = describeDatasets();
      const text = textTable(
        rows.map(({ name, classes, train, test, shape, present, where, how }) => ({
          ...{ 'data set': name, classes, training: train, test, image: shape.join('×') },
          ...{ here: present ? 'yes' : 'no', 'where, or how to get it': present ? where : how },
        })),
      );
      writeResult({ json: rows, text }, json);
    });
}
