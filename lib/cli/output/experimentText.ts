/** A table of an experiment on a terminal: one a pair of networks, then its notes. */
import type { TableText } from '../../experiments/tables/tableText';
import { fittedText, textTable } from './output';
import { styled } from './terminal';

/** In lines that fit the terminal. */
export async function experimentText({ title, style, lines, notes }: TableText): Promise<string> {
  const { tableCells, tableGroups } = await import('../../experiments/tables/tableText.js');
  const blocks = tableGroups(lines).map(({ group, lines: own }) =>
    textTable(
      own.map((line) => tableCells(line, style)),
      { caption: group },
    ),
  );
  return [styled('bold', fittedText(title)), ...blocks, notes.map((note) => fittedText(note, '  ')).join('\n')].join('\n\n');
}
