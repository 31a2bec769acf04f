/**
 * What a kernel publishes, gathered into the outputs of the cells it belongs to. A cell keeps at most 2,000 outputs, and of each stream both
 * ends (`boundedText`): what is left out is said in its place. Errors and results are always kept.
 */

import type { JsonObject, Message } from '../../kernel/server/wire/protocol';
import { count } from '../../util/text';
import { isProgress, PROGRESS_MIME, type Progress } from '../display/progress';
import { type BoundedText, boundedText } from './boundedText';
import {
  type CodeCell,
  type DataOutput,
  executionCount,
  isJsonMime,
  type MimeData,
  type Output,
  type StreamOutput,
} from './notebookFile';

/** More streams and displays of one cell nobody looks at. */
const MOST_OUTPUTS = 2_000;

/** Gathers the outputs of the cells of one run. */
export interface OutputCollector {
  /** From now on messages that answer request `id` belong to `cell`. */
  begin(id: string, cell: CodeCell): void;
  /** Takes a published message. */
  take(message: Pick<Message, 'id' | 'type' | 'parentId' | 'content'>): void;
}

/** @param onProgress is given what displays say of their progress; nothing of it is kept in the notebook */
export function outputCollector(onProgress: (progress: Progress, cell: CodeCell) => void): OutputCollector {
  const cells = new Map<string, CodeCell>();
  const displays = new Map<string, DataOutput[]>();
  const cleared = new Set<CodeCell>(); // to be emptied when the next output comes
  const texts = new WeakMap<Output, BoundedText>();
  const leftOut = new WeakMap<CodeCell, number>();

  function add(cell: CodeCell, output: Output): void {
    if (cleared.delete(cell)) empty(cell);
    const full = cell.outputs.length >= MOST_OUTPUTS && output.output_type !== 'error' && output.output_type !== 'execute_result';
    if (!full) cell.outputs.push(output);
    else leaveOut(cell);
  }
  function empty(cell: CodeCell): void {
    cell.outputs = [];
    leftOut.delete(cell);
  }
  /** The first that is left out puts a line in its place, which then counts. */
  function leaveOut(cell: CodeCell): void {
    const before = leftOut.get(cell) ?? 0;
    leftOut.set(cell, before + 1);
    if (before > 0) return;
    const text = (): string => `… ${count(leftOut.get(cell) ?? 0)} more outputs are left out …\n`;
    cell.outputs.push(streamOutput('stderr', text));
  }
  function stream(cell: CodeCell, name: string, text: string): void {
    const last = cleared.has(cell) ? undefined : cell.outputs.at(-1);
    const sameStream = last?.output_type === 'stream' && last.name === name ? texts.get(last) : undefined;
    const bounded = sameStream ?? boundedText();
    bounded.add(text);
    if (sameStream) return;
    const output = streamOutput(name, bounded.text);
    texts.set(output, bounded);
    add(cell, output);
  }
  function kept(data: unknown, cell: CodeCell): MimeData {
    const { [PROGRESS_MIME]: progress, ...rest } = asObject(data);
    if (isProgress(progress)) onProgress(progress, cell);
    return Object.fromEntries(Object.entries(rest).filter(([mime, value]) => isJsonMime(mime) || typeof value === 'string'));
  }
  function display(cell: CodeCell, kind: DataOutput['output_type'], content: JsonObject): void {
    const data = kept(content['data'], cell);
    const counted = kind === 'execute_result' ? { execution_count: executionCount(content) } : {};
    const output: DataOutput = { output_type: kind, data, metadata: asObject(content['metadata']), ...counted };
    const id = asObject(content['transient'])['display_id'];
    if (typeof id === 'string') displays.set(id, [...(displays.get(id) ?? []), output]);
    add(cell, output);
  }
  function update(cell: CodeCell, content: JsonObject): void {
    const data = kept(content['data'], cell);
    for (const output of displays.get(String(asObject(content['transient'])['display_id'])) ?? []) {
      output.data = data;
      output.metadata = asObject(content['metadata']);
    }
  }
  function clear(cell: CodeCell, wait: boolean): void {
    if (wait) cleared.add(cell);
    else empty(cell);
  }
  return {
    begin: (id, cell) => void cells.set(id, cell),
    take({ type, parentId, content }) {
      const cell = cells.get(parentId); // also an earlier one: its timers may still write
      if (!cell) return;
      if (type === 'stream') stream(cell, String(content['name']), String(content['text']));
      else if (type === 'display_data' || type === 'execute_result') display(cell, type, content);
      else if (type === 'update_display_data') update(cell, content);
      else if (type === 'clear_output') clear(cell, content['wait'] === true);
      else if (type === 'error') add(cell, errorOutput(content));
      else if (type === 'execute_input') cell.execution_count = executionCount(content);
    },
  };
}

/** Its text is put together when it is read: a stream may come in a million pieces. */
function streamOutput(name: string, textOf: () => string): StreamOutput {
  return {
    output_type: 'stream',
    name,
    get text() {
      return textOf();
    },
  };
}

function errorOutput({ ename, evalue, traceback }: JsonObject): Output {
  const lines = Array.isArray(traceback) ? traceback.map(String) : [];
  return { output_type: 'error', ename: String(ename), evalue: String(evalue), traceback: lines };
}

function asObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
