/**
 * Runs a notebook through its kernel, cell by cell, without any Python. What was done is kept whatever happens: a cell that
 * fails, a cell that takes too long, a kernel that dies. Nothing of the run itself (times, message numbers, display numbers)
 * gets into the notebook, so the same results give the same file.
 */
import { resolve } from 'node:path';
import type { JsonObject, Message } from '../../kernel/server/wire/protocol';
import { knownKeys } from '../../util/check';
import { checkWritable } from '../../util/files';
import type { Progress } from '../display/progress';
import { withCellIds } from './cellIds';
import { type KernelClient, startKernelClient } from './kernelClient';
import { type KernelSpec, kernelSpec } from './kernelSpec';
import { type CodeCell, type Notebook, readNotebook, writeNotebook } from './notebookFile';
import { type OutputCollector, outputCollector } from './outputs';

/** One cell of a run. `index` counts all cells from 0, `done` and `total` only those with code. */
export interface CellEvent {
  readonly index: number;
  readonly done: number;
  readonly total: number;
  readonly source: string;
}

export interface ExecuteOptions {
  /** Default: the project's own kernel. */
  readonly kernel?: KernelSpec;
  /** The folder the kernel runs in. Default: the current one; for a file, the notebook's. */
  readonly folder?: string;
  readonly startTimeoutSeconds?: number;
  /** A cell that takes longer is interrupted, then left, and fails. Default: none. */
  readonly cellTimeoutSeconds?: number;
  /** How long an interrupted cell may take to end before it is given up. Default 25: the kernel itself leaves it after 20. */
  readonly interruptSeconds?: number;
  /** Go on after a cell that failed. Cells tagged `raises-exception` may always fail. */
  readonly keepGoing?: boolean;
  /** Aborting it interrupts the running cell and ends the run. */
  readonly signal?: AbortSignal;
  readonly onCell?: (event: CellEvent) => void;
  /** Given the notebook after each cell, with the outputs so far. */
  readonly onCellDone?: (notebook: Notebook, event: CellEvent) => void;
  /** What displays say of their progress. */
  readonly onProgress?: (progress: Progress, event: CellEvent) => void;
}

const OPTIONS = [
  ...['kernel', 'folder', 'startTimeoutSeconds', 'cellTimeoutSeconds', 'interruptSeconds'],
  ...['keepGoing', 'signal', 'onCell', 'onCellDone', 'onProgress'],
];

/** Why a run failed. */
export interface ExecutionFailure {
  /** Index of the cell among all cells; −1 when it was none: the kernel did not start, or could not be talked to. */
  readonly cell: number;
  readonly name: string;
  readonly message: string;
}

export interface ExecutionResult {
  readonly ok: boolean;
  /** The notebook with the outputs of what was run. */
  readonly notebook: Notebook;
  readonly failure?: ExecutionFailure;
  readonly seconds: number;
}

/** After the reply to a cell its last outputs are waited for as long as they come, and so long when nothing does. */
const IDLE_MS = 5_000;

/** Reads the notebook `input` and runs it in its folder, as `executeToFile`. */
export async function executeFile(input: string, output: string, options: ExecuteOptions = {}): Promise<ExecutionResult> {
  return executeToFile(readNotebook(input), output, { folder: resolve(input, '..'), ...options });
}

/**
 * Runs a notebook and writes it with its outputs to `output`: after each cell, so that what was done is there whatever
 * happens to this process, and at the end. @throws InputError before anything runs where `output` could not be written
 */
export async function executeToFile(notebook: Notebook, output: string, options: ExecuteOptions = {}): Promise<ExecutionResult> {
  checkWritable(output);
  const onCellDone: ExecuteOptions['onCellDone'] = (soFar, event) => {
    writeNotebook(output, soFar);
    options.onCellDone?.(soFar, event);
  };
  const result = await executeNotebook(notebook, { ...options, onCellDone });
  writeNotebook(output, result.notebook);
  return result;
}

/** Runs a notebook. The one given stays as it is; outputs of an earlier run do not appear in the result. */
export async function executeNotebook(given: Notebook, options: ExecuteOptions = {}): Promise<ExecutionResult> {
  knownKeys('executeNotebook', options, OPTIONS);
  const { kernel: spec = kernelSpec(), folder = process.cwd(), startTimeoutSeconds = 60 } = options;
  const start = Date.now();
  const notebook = emptied(given);
  const end = (failure?: ExecutionFailure): ExecutionResult => {
    const seconds = (Date.now() - start) / 1000;
    return { ok: !failure, notebook: tidied(structuredClone(notebook)), seconds, ...(failure ? { failure } : {}) };
  };
  let client: KernelClient;
  try {
    client = await startKernelClient({ spec, folder, startTimeoutMs: startTimeoutSeconds * 1000 });
  } catch (error) {
    return end({ cell: -1, name: 'KernelError', message: (error as Error).message });
  }
  try {
    return end(await runCells(client, notebook, options));
  } catch (error) {
    return end({ cell: -1, name: 'ExecutorError', message: (error as Error).message });
  } finally {
    await client.shutdown();
  }
}

async function runCells(
  client: KernelClient,
  notebook: Notebook,
  options: ExecuteOptions,
): Promise<ExecutionFailure | undefined> {
  const cells = notebook.cells.flatMap((cell, index) => {
    return cell.cell_type === 'code' && cell.source.trim() !== '' ? [{ cell, index }] : [];
  });
  let event: CellEvent = { index: 0, done: 0, total: cells.length, source: '' };
  const outputs = outputCollector((progress) => options.onProgress?.(progress, event));
  let first: ExecutionFailure | undefined;
  for (const [done, { cell, index }] of cells.entries()) {
    event = { index, done, total: cells.length, source: cell.source };
    options.onCell?.(event);
    const outcome = await runCell(client, cell, outputs, options);
    options.onCellDone?.(tidied(structuredClone(notebook)), event);
    if (!outcome.failed) continue;
    if (!mayFail(cell)) first ??= { cell: index, ...outcome.failed };
    if (outcome.ended || (first && !options.keepGoing)) return first ?? { cell: index, ...outcome.failed };
  }
  return first;
}

interface Outcome {
  readonly failed?: { readonly name: string; readonly message: string };
  /** Whether the run cannot or must not go on. */
  readonly ended: boolean;
}

async function runCell(
  client: KernelClient,
  cell: CodeCell,
  outputs: OutputCollector,
  options: ExecuteOptions,
): Promise<Outcome> {
  const content = { code: cell.source, silent: false, store_history: true, user_expressions: {}, allow_stdin: false };
  const { id, reply } = client.request('execute_request', { ...content, stop_on_error: true });
  outputs.begin(id, cell);
  const idle = outputsUntilIdle(client, outputs, id);
  const stop = stopper(client, options);
  const died = client.died.then((how) => ({ name: 'KernelDied', how }));
  const stuck = stop.gaveUp.then(() => ({ name: stop.name(), how: stop.reason() }));
  const first = await Promise.race([reply, died, stuck]);
  stop.end();
  if ('how' in first) return broken(cell, first.name, first.how);
  await Promise.race([idle.said, idle.silence(IDLE_MS), died]);
  const outcome = outcomeOf(first, cell);
  return stop.reason() ? broken(cell, stop.name(), stop.reason()) : outcome;
}

interface Idle {
  /** Resolves when the kernel says that it is done with the request. */
  readonly said: Promise<void>;
  /** Resolves when it has said nothing at all for so many milliseconds. */
  silence(ms: number): Promise<void>;
}

/** Passes on what the kernel publishes until it is done with request `id`. */
function outputsUntilIdle(client: KernelClient, outputs: OutputCollector, id: string): Idle {
  let heard = performance.now();
  const said = new Promise<void>((done) => {
    client.onPublished((message) => {
      heard = performance.now();
      outputs.take(message);
      const idle = message.type === 'status' && message.content['execution_state'] === 'idle';
      if (idle && message.parentId === id) done();
    });
  });
  return {
    said,
    async silence(ms) {
      heard = performance.now();
      for (let left = ms; left > 0; left = heard + ms - performance.now()) await pause(left);
    },
  };
}

interface Stopper {
  /** Resolves when the cell did not end although it was interrupted. */
  readonly gaveUp: Promise<void>;
  /** Why the cell was interrupted; empty when it was not. */
  reason(): string;
  /** The same in a word. */
  name(): string;
  end(): void;
}

/** Interrupts the cell when its time is over or the run is aborted. */
function stopper(client: KernelClient, options: ExecuteOptions): Stopper {
  const { cellTimeoutSeconds, interruptSeconds = 25, signal } = options;
  let reason = '';
  const timers: NodeJS.Timeout[] = [];
  let abort = (): void => undefined;
  const gaveUp = new Promise<void>((resolve) => {
    const stop = (why: string): void => {
      if (reason) return;
      reason = why;
      client.interrupt();
      timers.push(setTimeout(resolve, interruptSeconds * 1000));
    };
    abort = () => stop('the run was interrupted');
    if (cellTimeoutSeconds !== undefined) {
      timers.push(setTimeout(() => stop(`the cell took longer than ${cellTimeoutSeconds} s`), cellTimeoutSeconds * 1000));
    }
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
  });
  const end = (): void => {
    timers.forEach(clearTimeout);
    signal?.removeEventListener('abort', abort);
  };
  return { gaveUp, reason: () => reason, name: () => (signal?.aborted ? 'Interrupted' : 'Timeout'), end };
}

function outcomeOf({ content }: Message, cell: CodeCell): Outcome {
  const count = content['execution_count'];
  if (typeof count === 'number') cell.execution_count = count;
  if (content['status'] === 'ok') return { ended: false };
  const error = cell.outputs.find((output) => output.output_type === 'error');
  if (error?.output_type === 'error') return { ended: false, failed: { name: error.ename, message: error.evalue } };
  const { ename = 'Error', evalue = 'see its output' } = content;
  return { ended: false, failed: { name: String(ename), message: String(evalue) } };
}

/** Marks a cell whose run was broken off. */
function broken(cell: CodeCell, name: string, message: string): Outcome {
  const reason = message.split('\n')[0] ?? '';
  cell.outputs.push({ output_type: 'error', ename: name, evalue: reason, traceback: [`${name}: ${reason}`] });
  return { ended: true, failed: { name, message } };
}

function mayFail(cell: CodeCell): boolean {
  const tags = cell.metadata['tags'];
  return Array.isArray(tags) && tags.includes('raises-exception');
}

/** A copy with cell ids, without outputs, counts and the times that other executors leave in a cell's metadata. */
function emptied(notebook: Notebook): Notebook {
  const copy = structuredClone(withCellIds(notebook));
  for (const cell of copy.cells) {
    const { execution: _, ...metadata } = cell.metadata as JsonObject & { execution?: unknown };
    cell.metadata = metadata;
    if (cell.cell_type !== 'code') continue;
    cell.outputs = [];
    cell.execution_count = null;
  }
  return copy;
}

/** Displays that held nothing but their progress are left out. */
function tidied(notebook: Notebook): Notebook {
  for (const cell of notebook.cells) {
    if (cell.cell_type !== 'code') continue;
    cell.outputs = cell.outputs.filter((output) => !('data' in output) || Object.keys(output.data).length > 0);
  }
  return notebook;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());
