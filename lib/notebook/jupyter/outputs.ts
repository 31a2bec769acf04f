/** What a kernel publishes, gathered into the outputs of the cells it belongs to. */

import type { JsonObject, Message } from '../../kernel/protocol';
import { isProgress, PROGRESS_MIME, type Progress } from '../display/progress';
import type { CodeCell, DataOutput, MimeData, Output } from './notebookFile';

/** Gathers the outputs of the cells of one run. */
export interface OutputCollector {
  /** From now on messages that answer request `id` belong to `cell`. */
  begin(id: string, cell: CodeCell): void;
  /** Takes a published message. */
  take(message: Message): void;
}

/** @param onProgress is given what displays say of their progress; nothing of it is kept in the notebook */
export function outputCollector(onProgress: (progress: Progress, cell: CodeCell) => void): OutputCollector {
  const cells = new Map<string, CodeCell>();
  const displays = new Map<string, DataOutput[]>();
  const cleared = new Set<CodeCell>(); // to be emptied when the next output comes

  function add<T extends Output>(cell: CodeCell, output: T): T {
    if (cleared.delete(cell)) cell.outputs = [];
    cell.outputs.push(output);
    return output;
  }
  function stream(cell: CodeCell, name: string, text: string): void {
    const last = cleared.has(cell) ? undefined : cell.outputs.at(-1);
    if (last?.output_type === 'stream' && last.name === name) last.text += text;
    else add(cell, { output_type: 'stream', name, text });
  }
  function kept(data: unknown, cell: CodeCell): MimeData {
    const { [PROGRESS_MIME]: progress, ...rest } = asObject(data);
    if (isProgress(progress)) onProgress(progress, cell);
    return rest;
  }
  function display(cell: CodeCell, kind: DataOutput['output_type'], content: JsonObject): void {
    const data = kept(content['data'], cell);
    const count = kind === 'execute_result' ? { execution_count: Number(content['execution_count']) } : {};
    const output: DataOutput = { output_type: kind, data, metadata: asObject(content['metadata']), ...count };
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
    else cell.outputs = [];
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
