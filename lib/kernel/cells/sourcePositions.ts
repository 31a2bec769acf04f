/** From a place in the script of a cell back to the place in its source, by its source map. Read when an error is told, not before. */
import { SourceMap, type SourceMapPayload } from 'node:module';
import type { CompiledCell } from '../messages';

/** A place in a cell. Both count from 1. */
export interface CellPlace {
  readonly line: number;
  readonly column: number;
}

/** @param line and `column` of the script, from 1; undefined where the place belongs to no part of the cell */
export function cellPlace(cell: CompiledCell, line: number, column: number): CellPlace | undefined {
  const entry = mapOf(cell)?.findEntry(line - 1, column - 1);
  if (!entry || !('originalLine' in entry) || entry.originalLine === undefined) return undefined;
  return { line: entry.originalLine + 1, column: entry.originalColumn + 1 };
}

const maps = new WeakMap<CompiledCell, SourceMap>();

function mapOf(cell: CompiledCell): SourceMap | undefined {
  const known = maps.get(cell);
  if (known || cell.map === '') return known;
  const map = new SourceMap(JSON.parse(cell.map) as SourceMapPayload);
  maps.set(cell, map);
  return map;
}
