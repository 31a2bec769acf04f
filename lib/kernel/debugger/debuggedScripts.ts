/**
 * The scripts that V8 has parsed and a user may see: cells by the name that their `sourceURL` gives them, files by their URL. Code of
 * Node, of the kernel and what has no name is left out. A cell is shown under the path that JupyterLab computes for its code, a file
 * under that of the source it was compiled from.
 */

import type { Debugger } from 'node:inspector';
import { pathToFileURL } from 'node:url';
import type { CompiledCell } from '../messages';
import { filePositions } from './filePositions';
import { mappedPositions, type SourcePositions } from './scriptPositions';

export interface DebuggedScript {
  /** As V8 knows it: `cell-7.ts`, `file:///…`. */
  readonly url: string;
  /** Execution count of a cell. */
  readonly cell?: number;
  /** Read when they are first asked for. */
  readonly positions: () => SourcePositions;
}

export interface DebuggedScripts {
  /** Undefined for a script that is not shown. */
  add(parsed: Debugger.ScriptParsedEventDataType): DebuggedScript | undefined;
  byId(scriptId: string): DebuggedScript | undefined;
  /** Whether a script is one of those that are never shown. */
  isHidden(scriptId: string): boolean;
  /** A cell that is about to run. */
  addCell(cell: CompiledCell): DebuggedScript;
  /** Cells and files in which a source's code runs. */
  showing(path: string): readonly DebuggedScript[];
  shows(script: DebuggedScript, path: string): boolean;
  /** All that are there. */
  all(): readonly DebuggedScript[];
}

/** @param pathOf the path that a cell's code is shown under; @param hidden beginnings of the URLs that are not shown */
export function debuggedScripts(
  cells: ReadonlyMap<string, CompiledCell>,
  pathOf: (cell: CompiledCell) => string,
  hidden: readonly string[],
): DebuggedScripts {
  const byId = new Map<string, DebuggedScript>();
  // A file that was evaluated anew (a local one that changed) is one script to the user: the last.
  const byUrl = new Map<string, DebuggedScript>();
  const hiddenIds = new Set<string>();
  const isHidden = (url: string): boolean => hidden.some((start) => url.startsWith(start));
  const ofCell = (cell: CompiledCell): DebuggedScript => {
    const path = pathOf(cell);
    return {
      url: `cell-${cell.number}.ts`,
      cell: cell.number,
      positions: once(() => mappedPositions(cell.map, () => path)),
    };
  };
  const shown = ({ url, sourceMapURL }: Debugger.ScriptParsedEventDataType): DebuggedScript | undefined => {
    const cell = cells.get(url);
    if (cell !== undefined) return ofCell(cell);
    if (!url.startsWith('file://') || isHidden(url)) return undefined;
    return { url, positions: once(() => filePositions(url, sourceMapURL ?? '')) };
  };
  return {
    add: (parsed) => {
      if (isHidden(parsed.url)) hiddenIds.add(parsed.scriptId);
      const script = shown(parsed);
      if (script === undefined) return undefined;
      byId.set(parsed.scriptId, script);
      byUrl.set(script.url, script);
      return script;
    },
    byId: (scriptId) => byId.get(scriptId),
    isHidden: (scriptId) => hiddenIds.has(scriptId),
    addCell: (cell) => {
      const script = ofCell(cell);
      byUrl.set(script.url, script);
      return script;
    },
    showing: (path) => [...byUrl.values()].filter((script) => shows(script, path)),
    shows,
    all: () => [...byUrl.values()],
  };
}

/** Maps are read of files only whose name fits (`train.js` for `train.ts`): a process has hundreds, and some are large. */
function shows(script: DebuggedScript, path: string): boolean {
  if (script.cell === undefined && stem(script.url) !== stem(pathToFileURL(path).href)) return false;
  return script.positions().sources.includes(path);
}

const stem = (url: string): string => url.slice(url.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
