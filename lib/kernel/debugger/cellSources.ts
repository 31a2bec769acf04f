/**
 * Cells as sources of the debugger. JupyterLab and the kernel know a cell's code by one path, which both compute: prefix, hash of the
 * code, suffix. Nothing is written there: who asks for the path's source gets it from memory.
 */

import { join, sep } from 'node:path';
import type { CompiledCell } from '../messages';
import { murmur2 } from './murmur2';

/** As `debugInfo` tells it. */
const HASH = { hashMethod: 'Murmur2', hashSeed: 0xc70f6907 };
const SUFFIX = '.ts';
/** UTF-16 units of code that is kept for cells that have not run. */
const MOST_DUMPED = 20_000_000;

export interface CellSources {
  /** Of `debugInfo`. */
  readonly info: Readonly<Record<string, string | number>>;
  pathOf(cell: CompiledCell): string;
  /** Keeps the code; returns its path. Of codes that were never run the oldest leave. */
  dump(code: string): string;
  isCell(path: string): boolean;
  /** Undefined where the cell is not known. */
  codeOf(path: string): string | undefined;
}

/** @param folder of this kernel alone: the path of a cell starts with it */
export function cellSources(cells: ReadonlyMap<string, CompiledCell>, folder: string): CellSources {
  const tmpFilePrefix = join(folder, sep);
  const hashPath = (code: string): string => `${tmpFilePrefix}${murmur2(code, HASH.hashSeed)}${SUFFIX}`;
  const paths = new WeakMap<CompiledCell, string>();
  const pathOf = (cell: CompiledCell): string => {
    const path = paths.get(cell) ?? hashPath(cell.source);
    paths.set(cell, path);
    return path;
  };
  const dumped = new Map<string, string>();
  let size = 0;
  return {
    info: { ...HASH, tmpFilePrefix, tmpFileSuffix: SUFFIX },
    pathOf,
    dump: (code) => {
      const path = hashPath(code);
      if (!dumped.has(path)) size += code.length;
      dumped.set(path, code);
      for (const [oldest, { length }] of dumped) {
        if (size <= MOST_DUMPED || oldest === path) break;
        dumped.delete(oldest);
        size -= length;
      }
      return path;
    },
    isCell: (path) => path.startsWith(tmpFilePrefix),
    codeOf: (path) => dumped.get(path) ?? [...cells.values()].find((cell) => pathOf(cell) === path)?.source,
  };
}
