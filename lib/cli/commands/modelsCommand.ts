/** `iekd models`: the networks by name. */
import type { Command } from 'commander';
import type { ModelRow } from '../../models';
import { textTable, writeResult } from '../output/output';

export function addModels(program: Command): void {
  program
    .command('models')
    .description('List the networks with their sizes.')
    .option('--json', 'as JSON, with every feature map that can be matched')
    .action(async ({ json }: { json?: boolean }) => {
      const { describeModels } = await import('../../models/index.js');
      const rows = describeModels();
      writeResult({ json: rows, text: [sizes(rows), '', ...families(rows)].join('\n') }, json);
    });
}

function sizes(rows: readonly ModelRow[]): string {
  const table = rows.map((row) => ({
    model: row.name,
    'parameters, 10 classes': row.parameters10,
    '100 classes': row.parameters100,
    'million multiply-adds': row.multiplyAdds / 1e6,
    features: row.features
      .filter(({ name }) => !name.endsWith('.pre'))
      .map(shape)
      .join(' '),
  }));
  return textTable(table, { digits: { 'million multiply-adds': 1 } });
}

const shape = ({ height, width, channels }: ModelRow['features'][number]): string => `${height}×${width}×${channels}`;

/** What each family is and takes. */
function families(rows: readonly ModelRow[]): string[] {
  const summaries = [...new Set(rows.map(({ summary }) => summary))];
  return summaries.map((summary) => {
    const members = rows.filter((row) => row.summary === summary);
    return `${members[0]?.pattern ?? members.map(({ name }) => name).join(', ')}: ${summary}`;
  });
}
