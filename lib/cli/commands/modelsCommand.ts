/** `iekd models`: the networks by name. */
import type { Command } from 'commander';
import type { ModelRow } from '../../models';
import { fittedText, textTable, writeResult } from '../output/output';

export function addModels(program: Command): void {
  program
    .command('models')
    .description('List the networks with their sizes.')
    .option('--json', 'as JSON, with every feature map that can be matched')
    .action(async ({ json }: { json?: boolean }) => {
      const { describeModels } = await import('../../models/index.js');
      const rows = describeModels();
      writeResult({ json: rows, text: [sizes(rows), '', fittedText(COLUMNS), '', ...families(rows)].join('\n') }, json);
    });
}

const COLUMNS = 'Parameters with 10 classes and with 100; mult-adds in millions, 32×32 images.';

function sizes(rows: readonly ModelRow[]): string {
  const table = rows.map((row) => ({
    model: row.name,
    parameters: row.parameters10,
    '100 classes': row.parameters100,
    'M mult-adds': row.multiplyAdds / 1e6,
    'feature maps': row.features
      .filter(({ name }) => !name.endsWith('.pre'))
      .map(shape)
      .join(' '),
  }));
  return textTable(table, { digits: { 'M mult-adds': 1 } });
}

const shape = ({ height, width, channels }: ModelRow['features'][number]): string => `${height}×${width}×${channels}`;

/** What each family is and takes. */
function families(rows: readonly ModelRow[]): string[] {
  const summaries = [...new Set(rows.map(({ summary }) => summary))];
  return summaries.map((summary) => {
    const members = rows.filter((row) => row.summary === summary);
    return fittedText(`${members[0]?.pattern ?? members.map(({ name }) => name).join(', ')}: ${summary}`, '  ');
  });
}
