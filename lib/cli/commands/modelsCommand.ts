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
      const tables = [...new Set(rows.map(({ task }) => task))].flatMap((task) => {
        const own = rows.filter((row) => row.task === task);
        return [sizes(task, own), '', ...families(own), ''];
      });
      writeResult({ json: rows, text: [...tables, fittedText(OWN), '', fittedText(COLUMNS)].join('\n') }, json);
    });
}

const OWN =
  'Your own: { "name": "mine", "stages": [[{ "conv": 16 }], [{ "residual": [{ "conv": 32, "stride": 2 }, { "conv": 32 }] }]] } in a JSON file, --model mine.json; layers are conv, depthwise, residual, maxPool, dropout, and linear in "head". Or the model.json of a tf.LayersModel.';

const COLUMNS = 'Parameters with 10 classes and with 100; mult-adds in millions, of one image with 10 classes.';

/** Maps of a network that a terminal has room for. */
const MOST_MAPS = 5;

function sizes(task: string, rows: readonly ModelRow[]): string {
  const table = rows.map((row) => ({
    model: row.name,
    image: row.input.slice(0, 2).join('×'),
    parameters: row.parameters10,
    '100 classes': row.parameters100,
    'M mult-adds': row.multiplyAdds / 1e6,
    'feature maps': maps(row),
  }));
  return textTable(table, { caption: `${task} (--task ${task})`, digits: { 'M mult-adds': 1 } });
}

function maps({ features }: ModelRow): string {
  const all = features.filter(({ name }) => !name.endsWith('.pre')).map(shape);
  return [...all.slice(0, MOST_MAPS), ...(all.length > MOST_MAPS ? ['…'] : [])].join(' ');
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
