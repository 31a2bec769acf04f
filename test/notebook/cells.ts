/** Cells for tests: notebooks made of sources, run through the project's kernel in a folder of their own. */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type ExecuteOptions, type ExecutionResult, executeNotebook } from 'iekd/dist/notebook/jupyter/execute';
import type { CodeCell, Notebook, Output } from 'iekd/dist/notebook/jupyter/notebookFile';
import '../kernel/server/checkedMessages';

/** The project's folder. */
export const ROOT = resolve(__dirname, '../..');

export function codeCell(source: string, metadata: CodeCell['metadata'] = {}): CodeCell {
  return { cell_type: 'code', source, metadata, outputs: [], execution_count: null };
}

export function notebookOf(...sources: readonly string[]): Notebook {
  return { cells: sources.map((source) => codeCell(source)), metadata: {}, nbformat: 4, nbformat_minor: 5 };
}

/** Runs sources as cells, in a folder of their own. */
export async function runCells(sources: readonly string[], options: ExecuteOptions = {}): Promise<ExecutionResult> {
  const { folder, remove } = makeFolder();
  try {
    return await executeNotebook(notebookOf(...sources), { folder, ...options });
  } finally {
    remove();
  }
}

/** A fresh folder in which `iekd` is found, and how to remove it. */
export function makeFolder(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'iekd-test-'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The outputs of a cell. */
export function outputsOf(result: ExecutionResult, cell: number): Output[] {
  const found = result.notebook.cells[cell];
  return found?.cell_type === 'code' ? found.outputs : [];
}

/** What a cell's outputs say: text of streams, tracebacks of errors. */
export function said(result: ExecutionResult, cell: number): string[] {
  return outputsOf(result, cell).map((output) => {
    if (output.output_type === 'stream') return `${output.name}: ${output.text}`;
    return output.output_type === 'error' ? output.traceback.join('\n') : String(output.data['text/plain']);
  });
}
