/** `iekd run NOTEBOOK`: executes a notebook through the project's kernel and writes it with a page to look at. */
import { basename, dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import type { Progress } from '../../notebook/display/progress';
import type { CellEvent, ExecutionFailure, ExecutionResult } from '../../notebook/jupyter/execute';
import type { Notebook } from '../../notebook/jupyter/notebookFile';
import { InputError, refusePhrase } from '../../util/check';
import { checkWritable } from '../../util/files';
import { projectFolder } from '../../util/folders';
import { inRepository } from '../../util/package/ownPackage';
import type { StopSignal } from '../../util/stopSignal';
import { expressions, number } from '../options/parsers';
import { shownPath, writeNote, writeProblem, writeResult } from '../output/output';
import { failAfter, stoppable } from '../output/stopping';
import { type ProgressView, progressView } from '../output/terminalProgress';

interface RunFlags {
  readonly inPlace?: boolean;
  readonly out?: string;
  readonly timeout?: number;
  readonly keepGoing?: boolean;
  readonly set?: Readonly<Record<string, string>>;
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
    .option('--set <name=expression>', 'another value, in TypeScript, for a parameter of the notebook; repeatable', expressions)
    .option('--open-hint', 'say how to look at the result')
    .option('--json', 'paths, time and failure as JSON')
    .addHelpText(
      'after',
      `
Examples:
  iekd run notebooks/00-quickstart.ipynb               leaves it as it is
  iekd run notebooks/00-quickstart.ipynb --in-place    renews its outputs
  iekd run notebooks/00-quickstart.ipynb --set seed=1

Parameters are what the cell with the tag "parameters" declares; the values
stand in a cell behind it, and the kernel checks their types.`,
    )
    .action(runNotebook);
}

async function runNotebook(input: string, flags: RunFlags): Promise<void> {
  const { executeToFile } = await import('../../notebook/jupyter/execute.js');
  const { writePage } = await import('../../notebook/page/page.js');
  const folder = flags.out ? resolve(flags.out) : join(projectFolder(), 'data', 'runs', 'notebooks');
  const name = basename(input, '.ipynb');
  const notebook = flags.inPlace ? resolve(input) : join(folder, `${name}.ipynb`);
  const page = join(folder, `${name}.html`);
  const view = progressView();
  const given = await notebookOf(input, flags.set); // says what is wrong with it before a folder is made
  checkWritable(page);
  const { value: result, signal: ended } = await stoppable((stop) =>
    executeToFile(given, notebook, {
      ...showing(view),
      folder: dirname(resolve(input)),
      signal: abortSignalOf(stop),
      keepGoing: flags.keepGoing ?? false,
      ...(flags.timeout === undefined ? {} : { cellTimeoutSeconds: flags.timeout }),
    }),
  ).finally(() => view.end());
  if (!result) return failAfter(ended);
  writePage(page, result.notebook, { folder: dirname(resolve(input)) });
  const { ok, seconds, failure } = result;
  writeResult(
    { json: { ok, notebook, page, seconds, ...(failure ? { failure } : {}) }, text: summary(result, notebook, page) },
    flags.json,
  );
  if (failure) writeProblem([`run: ${failed(failure)}`, ...whereFailed(result, failure)].join('\n'));
  else if (flags.openHint) writeNote(hint(page));
  if (!ok) await failAfter(ended);
}

async function notebookOf(path: string, values: RunFlags['set']): Promise<Notebook> {
  const { readNotebook } = await import('../../notebook/jupyter/notebookFile.js');
  const notebook = named(path, () => readNotebook(path));
  if (!values) return notebook;
  const { withParameters } = await import('../../notebook/jupyter/parameters.js');
  return withParameters(notebook, values);
}

/** What does not look like a notebook by its name, and is none, is not told where its JSON is wrong. */
function named<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const unreadable = (error as NodeJS.ErrnoException).code !== undefined;
    if (!(error instanceof InputError) || unreadable || extname(path) === '.ipynb') throw error;
    throw refusePhrase(path, 'a notebook (.ipynb)', 'a file that is none', 'name a notebook');
  }
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

/** Of a cell, or of the run before or between cells. */
const failed = ({ cell, name, message }: ExecutionFailure): string =>
  `${cell < 0 ? 'failed' : `cell ${cell + 1} failed`}: ${name}: ${message.split('\n')[0]}`;

/** Lines of a traceback that a terminal gets; the notebook has all of them. */
const MOST_LINES = 10;

/** Where in the cell and the library it failed, and what to do, as the notebook has it. */
function whereFailed({ notebook }: ExecutionResult, { cell }: ExecutionFailure): string[] {
  const source = notebook.cells[cell];
  const outputs = source?.cell_type === 'code' ? source.outputs : [];
  const lines = outputs.flatMap((output) => (output.output_type === 'error' ? output.traceback.slice(1) : []));
  return lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES - 1), ...lines.slice(-1)] : lines;
}

/** A request to stop interrupts the running cell, so that what was done is written. */
function abortSignalOf(stop: StopSignal): AbortSignal {
  const controller = new AbortController();
  stop.onRequest(() => controller.abort());
  return controller.signal;
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
  const jupyter = inRepository()
    ? '"npm run lab" opens the notebook in Jupyter'
    : '"npx iekd kernel install" brings its kernel into your Jupyter';
  return `Open ${pathToFileURL(page).href} in a browser. ${jupyter}: change a number, run a cell again.`;
}
