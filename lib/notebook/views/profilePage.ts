/** Profiles as a page to look at: of each work its figure, which can be zoomed, and its table. The page needs nothing else. */
import type { BenchProfile } from '../../bench/benchProfile';
import type { Cell, CodeCell, DataOutput, Notebook } from '../jupyter/notebookFile';
import { writePage } from '../page/page';
import { figureBundle } from '../plots/figure';
import { profileFigure } from './profileFigure';
import { profileTable } from './profileTable';

/** Writes the page, whole or not at all. @param path ends in `.html` */
export async function writeProfilePage(path: string, profiles: readonly BenchProfile[]): Promise<void> {
  const cells: Cell[] = [heading('# Where the time of a step goes')];
  for (const profile of profiles) cells.push(heading(`## ${profile.work}`), await figureCell(profile), tableCell(profile));
  const notebook: Notebook = { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
  writePage(path, notebook, { interactive: true });
}

const heading = (source: string): Cell => ({ cell_type: 'markdown', source, metadata: {} });

async function figureCell(profile: BenchProfile): Promise<CodeCell> {
  const { data, metadata } = await figureBundle(profileFigure(profile));
  return outputCell({ output_type: 'display_data', data, metadata: { ...metadata } });
}

const tableCell = (profile: BenchProfile): CodeCell =>
  outputCell({ output_type: 'display_data', data: profileTable(profile), metadata: {} });

const outputCell = (output: DataOutput): CodeCell => ({
  ...{ cell_type: 'code', source: '', metadata: {}, execution_count: null },
  outputs: [output],
});
