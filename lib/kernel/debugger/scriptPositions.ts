/**
 * Where a script's code stands in the TypeScript that it was compiled from, and back, by its source map (version 3). V8 counts lines
 * and columns from 0, the Debug Adapter Protocol from 1.
 */

import { decode, type SourceMapMappings, type SourceMapSegment } from '@jridgewell/sourcemap-codec';
import { isObject, refuse } from '../../util/check';

/** From 1. */
export interface SourcePosition {
  readonly source: string;
  readonly line: number;
  readonly column: number;
}

/** V8's, from 0. */
export interface ScriptPosition {
  readonly lineNumber: number;
  readonly columnNumber: number;
}

export interface SourcePositions {
  readonly sources: readonly string[];
  /** Undefined for code that stands in no source: what the compiler added. */
  original(at: ScriptPosition): SourcePosition | undefined;
  /** Where the line's code begins in the script; that of the next line that has code, if it has none. */
  generated(source: string, line: number): ScriptPosition | undefined;
  content(source: string): string | undefined;
}

/**
 * Of a script with a map, which is decoded when it is first looked into. Throws where `map` is none.
 * @param nameOf the path that a source of the map is shown under
 */
export function mappedPositions(map: string, nameOf: (source: string) => string): SourcePositions {
  const { sources, contents, mappings } = parseMap(map);
  const paths = sources.map(nameOf);
  let lines: SourceMapMappings | undefined;
  const decoded = (): SourceMapMappings => {
    lines ??= decode(mappings);
    return lines;
  };
  const starts = new Map<number, readonly (LineStart | undefined)[]>();
  const startsOf = (index: number): readonly (LineStart | undefined)[] => {
    const known = starts.get(index) ?? lineStarts(decoded(), index);
    starts.set(index, known);
    return known;
  };
  return {
    sources: paths,
    original: ({ lineNumber, columnNumber }) => {
      const segment = segmentAt(decoded()[lineNumber] ?? [], columnNumber);
      if (segment === undefined || segment.length === 1) return undefined;
      return { source: paths[segment[1]] ?? '', line: segment[2] + 1, column: segment[3] + 1 };
    },
    generated: (source, line) => {
      const index = paths.indexOf(source);
      return index < 0 ? undefined : startsOf(index).find((start, i) => i >= line - 1 && start !== undefined)?.at;
    },
    content: (source) => contents[paths.indexOf(source)],
  };
}

interface SourceMap {
  readonly sources: readonly string[];
  readonly contents: readonly (string | undefined)[];
  readonly mappings: string;
}

function parseMap(text: string): SourceMap {
  const map: unknown = JSON.parse(text);
  if (!isObject(map) || typeof map['mappings'] !== 'string' || !Array.isArray(map['sources'])) {
    throw refuse('source map', 'one of version 3, not in sections', map);
  }
  const root =
    typeof map['sourceRoot'] === 'string' && map['sourceRoot'] !== '' ? `${map['sourceRoot'].replace(/\/$/u, '')}/` : '';
  const contents: unknown[] = Array.isArray(map['sourcesContent']) ? map['sourcesContent'] : [];
  return {
    sources: map['sources'].map((source: unknown) => root + String(source)),
    contents: contents.map((content) => (typeof content === 'string' ? content : undefined)),
    mappings: map['mappings'],
  };
}

/** The last segment that begins at or before a column. */
function segmentAt(segments: readonly SourceMapSegment[], column: number): SourceMapSegment | undefined {
  let [low, high] = [0, segments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((segments[middle] as SourceMapSegment)[0] <= column) low = middle + 1;
    else high = middle;
  }
  return segments[low - 1];
}

interface LineStart {
  readonly column: number;
  readonly at: ScriptPosition;
}

/** For each line of a source the script's position of its leftmost code; the first such, where the compiler made several of it. */
function lineStarts(mappings: SourceMapMappings, index: number): readonly (LineStart | undefined)[] {
  const starts: (LineStart | undefined)[] = [];
  for (const [lineNumber, segments] of mappings.entries()) {
    for (const segment of segments) {
      if (segment.length === 1 || segment[1] !== index) continue;
      const [columnNumber, , line, column] = segment;
      const known = starts[line];
      if (known === undefined || column < known.column) starts[line] = { column, at: { lineNumber, columnNumber } };
    }
  }
  return starts;
}
