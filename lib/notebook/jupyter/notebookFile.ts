/**
 * Notebook files, nbformat 4. In memory every text is one string; on disk it is split into lines and keys are sorted, as
 * Jupyter itself writes them, so that a notebook saved by either shows only real changes.
 * https://nbformat.readthedocs.io/en/latest/format_description.html
 */
import type { JsonObject } from '../../kernel/server/wire/protocol';
import { describe, refuse, refusePhrase } from '../../util/check';
import { readText, writeAtomic } from '../../util/files';
import { parseJson } from '../../util/json';

/** One representation of an output for each MIME type: text, base64 or JSON. */
export type MimeData = { [mime: string]: unknown };

export interface StreamOutput {
  readonly output_type: 'stream';
  readonly name: string;
  readonly text: string;
}

export interface DataOutput {
  readonly output_type: 'display_data' | 'execute_result';
  data: MimeData;
  metadata: JsonObject;
  readonly execution_count?: number | null;
}

export interface ErrorOutput {
  readonly output_type: 'error';
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

export type Output = StreamOutput | DataOutput | ErrorOutput;

export interface CodeCell {
  readonly cell_type: 'code';
  source: string;
  metadata: JsonObject;
  outputs: Output[];
  execution_count: number | null;
  readonly id?: string;
}

export interface TextCell {
  readonly cell_type: 'markdown' | 'raw';
  source: string;
  metadata: JsonObject;
  /** Pictures pasted into the cell: name → MIME type → base64. */
  readonly attachments?: Readonly<Record<string, MimeData>>;
  readonly id?: string;
}

export type Cell = CodeCell | TextCell;

export interface Notebook {
  readonly cells: Cell[];
  metadata: JsonObject;
  readonly nbformat: 4;
  readonly nbformat_minor: number;
}

/** No notebook with figures comes near it. */
const MOST_BYTES = 256 * 2 ** 20;

/** Reads a notebook; refuses what is not nbformat 4, saying where. */
export function readNotebook(path: string): Notebook {
  return parseNotebook(readText(path, 'a notebook', MOST_BYTES), path);
}

/** Writes a notebook, whole or not at all. */
export function writeNotebook(path: string, notebook: Notebook): void {
  writeAtomic(path, formatNotebook(notebook));
}

/** @param where the file's name, for errors */
export function parseNotebook(text: string, where = 'notebook'): Notebook {
  const { cells, metadata, nbformat, nbformat_minor } = object(where, parseJson(text, where));
  if (nbformat !== 4) throw refuse(where, 'nbformat 4', nbformat, 'save it with a current Jupyter');
  if (!Array.isArray(cells)) throw refuse(where, 'a list of cells', cells);
  return {
    cells: cells.map((cell, i) => parseCell(`${where}: cell ${i + 1}`, object(`${where}: cell ${i + 1}`, cell))),
    metadata: object(`${where}: metadata`, metadata ?? {}),
    nbformat,
    nbformat_minor: typeof nbformat_minor === 'number' ? nbformat_minor : 4,
  };
}

function parseCell(where: string, cell: JsonObject): Cell {
  const { cell_type: kind, id, attachments } = cell;
  const common = {
    source: joined(`${where}: source`, cell['source']),
    metadata: object(`${where}: metadata`, cell['metadata'] ?? {}),
    ...(typeof id === 'string' ? { id } : {}),
  };
  if (kind === 'markdown' || kind === 'raw') {
    if (attachments === undefined) return { cell_type: kind, ...common };
    const named = Object.entries(object(`${where}: attachments`, attachments));
    const table = Object.fromEntries(named.map(([name, data]) => [name, object(`${where}: attachments: ${name}`, data)]));
    return { cell_type: kind, ...common, attachments: table };
  }
  if (kind !== 'code') throw refuse(where, 'cell_type code, markdown or raw', kind);
  const { outputs = [] } = cell;
  if (!Array.isArray(outputs)) throw refuse(`${where}: outputs`, 'a list', outputs);
  return {
    cell_type: kind,
    ...common,
    outputs: outputs.map((output, i) => parseOutput(`${where}: output ${i + 1}`, object(`${where}: output ${i + 1}`, output))),
    execution_count: executionCount(cell),
  };
}

/** The execution count of a cell, an output or a message; null where it has none that can be one. */
export function executionCount({ execution_count: count }: JsonObject): number | null {
  return typeof count === 'number' && Number.isInteger(count) && count >= 0 ? count : null;
}

function parseOutput(where: string, output: JsonObject): Output {
  const { output_type: kind } = output;
  if (kind === 'stream') return { output_type: kind, name: String(output['name']), text: joined(where, output['text']) };
  if (kind === 'display_data' || kind === 'execute_result') {
    const data = Object.entries(object(`${where}: data`, output['data']));
    return {
      output_type: kind,
      data: Object.fromEntries(
        data.map(([mime, value]) => [mime, isJsonMime(mime) ? value : joined(`${where}: ${mime}`, value)]),
      ),
      metadata: object(`${where}: metadata`, output['metadata'] ?? {}),
      ...(kind === 'execute_result' ? { execution_count: executionCount(output) } : {}),
    };
  }
  if (kind !== 'error') throw refuse(where, 'output_type stream, display_data, execute_result or error', kind);
  const { ename, evalue, traceback } = output;
  const lines = Array.isArray(traceback) ? traceback.map(String) : [];
  return { output_type: kind, ename: String(ename), evalue: String(evalue), traceback: lines };
}

/** The text of a notebook file. */
export function formatNotebook(notebook: Notebook): string {
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    source: lines(cell.source),
    ...(cell.cell_type === 'code' ? { outputs: cell.outputs.map(formatOutput) } : {}),
  }));
  return `${JSON.stringify(sorted({ ...notebook, cells }), null, 1)}\n`;
}

function formatOutput(output: Output): unknown {
  if (output.output_type === 'stream') return { ...output, text: lines(output.text) };
  if (output.output_type === 'error') return output;
  const data = Object.entries(output.data).map(([mime, value]) => {
    return [mime, typeof value === 'string' && mime.startsWith('text/') ? lines(value) : value];
  });
  return { ...output, data: Object.fromEntries(data) as MimeData };
}

/** Whether values of this MIME type are JSON; all others are text. */
export const isJsonMime = (mime: string): boolean => /[/+]json$/.test(mime);

const lines = (text: string): string[] => (text === '' ? [] : text.split(/(?<=\n)/));

function joined(where: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((line) => typeof line === 'string')) return value.join('');
  throw refuse(where, 'a text or a list of lines', value);
}

function object(where: string, value: unknown): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refusePhrase(where, 'an object', describe(value));
  }
  return value as JsonObject;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, sorted(part)]));
}
