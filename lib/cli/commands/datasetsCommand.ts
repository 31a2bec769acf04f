/** `iekd datasets`: what is there to train on, and how to get the rest. */
import type { Command } from 'commander';
import { fittedText, shownPath, textTable, writeResult } from '../output/output';
import { inWords } from '../output/words';

/** What is no data set of the table. */
const PLACED =
  'folder:PATH, csv:PATH, jsonl:PATH: pictures with a class each; voc:PATH, coco:PATH: with boxes, for --task detection; see data/README.md';

export function addDatasets(program: Command): void {
  program
    .command('datasets')
    .description('List the data sets: what is on this machine, and how to get the rest.')
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const { describeDatasets } = await import('../../data/index.js');
      const rows = describeDatasets();
      const table = textTable(
        rows.map(({ name, classes, train, test, shape, present }) => ({
          ...{ 'data set': name, classes, training: train, test, image: shape.join('×'), here: present ? 'yes' : 'no' },
        })),
      );
      const places = rows.map(({ name, present, where, how }) =>
        fittedText(`${name}: ${present ? shownPath(where) : inWords(how)}`, '  '),
      );
      writeResult({ json: rows, text: [table, '', ...places, fittedText(PLACED, '  ')].join('\n') }, json);
    });
}
