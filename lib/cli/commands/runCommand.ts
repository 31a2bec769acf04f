/** `iekd run NOTEBOOK`: executes a notebook through the project's kernel and writes it with a page to look at. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import type { Progress } from '../../notebook/display/progress';
import type { CellEvent, ExecutionResult } from '../../notebook/jupyter/execute';
import type { Notebook } from '../../notebook/jupyter/notebookFile';
import { refusePhrase } from '../../util/check';
import { projectFolder } from '../../util/folders';
import { number } from '../options/parsers';
import { shownPath, writeNote, writeResult } from '../output/output';
import { type ProgressView, progressView } from '../output/terminalProgress';

interface RunFlags {
  readonly inPlace?: boolean;
  readonly out?: string;
  readonly timeout?: number;
  readonly keepGoing?: boolean;
  readonly openHint?: boolean;
  readonly json?: boolean;
}

export function addRun(program: Command): void {
  program
    .command('run')
    .argument('<notebook>', 'a TypeScript notebook (.ipynb)')
    .description('Run a notebook; write the executed copy and a self-contained HTML page to data/runs/notebooks.')
    .option('--in-place', 'keep the outputs in the notebook itself')
    .option('--out <folder>', 'write to this folder instead')
    .option('--timeout <seconds>', 'longest time for a cell; default: none', number(0))
    .option('--keep-going', 'go on after a cell that failed')
    .option('--open-hint', 'say how to look at the result')
    .option('--json', 'paths, time and failure as JSON')
    .addHelpText(
      'after',
      `
Examples:
  iekd run notebooks/00-quickstart.ipynb             leaves the notebook as it is
  iekd run notebooks/00-quickstart.ipynb --in-place  renews the outputs that git keeps`,
    )
    .action(runNotebook);
}

async function runNotebook(input: string, flags: RunFlags): Promise<void> {
  if (!existsSync(input)) throw refusePhrase('run', 'the path of a notebook', `${input}, which is not there`);
  const { executeFile } = await import('../../notebook/jupyter/execute.js');
  const { writePage } = await import('../../notebook/page/page.js');
  const folder = flags.out ? resolve(flags.out) : join(projectFolder(), 'data', 'runs', 'notebooks');
  const name = basename(input, '.ipynb');
  const notebook = flags.inPlace ? resolve(input) : join(folder, `${name}.ipynb`);
  const page = join(folder, `${name}.html`);
  const view = progressView();
  const result = await withInterrupt((signal) =>
    executeFile(input, notebook, {
      ...showing(view),
      signal,
      keepGoing: flags.keepGoing ?? false,
      ...(flags.timeout === undefined ? {} : { cellTimeoutSeconds: flags.timeout }),
    }),
  ).finally(() => view.end());
  writePage(page, result.notebook, { folder: dirname(resolve(input)) });
  const { ok, seconds, failure } = result;
  writeResult(
    { json: { ok, notebook, page, seconds, ...(failure ? { failure } : {}) }, text: summary(result, notebook, page) },
    flags.json,
  );
  if (failure) writeNote(`run: cell ${failure.cell + 1} failed: ${failure.name}: ${failure.message.split('\n')[0]}`);
  else if (flags.openHint) writeNote(hint(page));
  if (!ok) process.exitCode = 1;
}

/** Cells as a passing bar, progress inside a cell as one that stays. */
function showing(view: ProgressView) {
  const cells = ({ done, total }: CellEvent): Progress => ({
    ...{ stage: 'cells', done, total, unit: '', rate: 0, etaSeconds: null },
    note: `running cell ${done + 1}`,
  });
  return {
    onCell: (event: CellEvent) => view.show(cells(event), true),
    onProgress: (progress: Progress, event: CellEvent) =>
      view.show({ ...progress, stage: `[${event.done + 1}/${event.total}] ${progress.stage}` }),
  };
}

/** The first Ctrl-C interrupts the running cell, so that what was done is written; a second one ends the process. */
async function withInterrupt<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  process.once('SIGINT', abort);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', abort);
  }
}

function summary({ ok, notebook, seconds }: ExecutionResult, path: string, page: string): string {
  const table = ok ? lastTable(notebook) : undefined;
  const paths = `executed notebook  ${shownPath(path)}\npage               ${shownPath(page)}`;
  return `${table ? `\n${table}\n\n` : ''}${paths}\ntime               ${seconds.toFixed(1)} s`;
}

/** The text of the last output that shows a table. */
export function lastTable(notebook: Notebook): string | undefined {
  const outputs = notebook.cells.flatMap((cell) => (cell.cell_type === 'code' ? cell.outputs : []));
  const tables = outputs.flatMap((output) => {
    if (!('data' in output)) return [];
    const { 'text/html': html, 'text/plain': text } = output.data;
    return typeof html === 'string' && html.includes('<table') && typeof text === 'string' ? [text.trimEnd()] : [];
  });
  return tables.at(-1);
}

function hint(page: string): string {
  return `Open ${pathToFileURL(page).href} in a browser. "npm run lab" opens the notebook in Jupyter: change a number, run a cell again.`;
}
