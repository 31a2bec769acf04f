/** Where a file's code stands in its source: by the source map that it names, in itself or beside it. */

import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readText } from '../../util/files';
import { mappedPositions, type SourcePositions } from './scriptPositions';

/** Bytes. */
const LARGEST_MAP = 64 * 2 ** 20;

/** Positions of a file by its map, which stands in the file itself or beside it; as it is written, where it has none that can be read. */
export function filePositions(url: string, sourceMapURL: string): SourcePositions {
  const path = fileURLToPath(url);
  if (sourceMapURL === '') return samePositions(path);
  try {
    const inline = /^data:application\/json[^,]*?(;base64)?,/.exec(sourceMapURL);
    const location = new URL(sourceMapURL, url);
    const data = sourceMapURL.slice(inline?.[0].length ?? 0);
    const map =
      inline === null
        ? readText(fileURLToPath(location), 'a source map', LARGEST_MAP)
        : inline[1]
          ? fromBase64(data)
          : decodeURIComponent(data);
    const base = inline === null ? location.href : url;
    return mappedPositions(map, (source) => sourcePath(source, base));
  } catch {
    return samePositions(path);
  }
}

const fromBase64 = (data: string): string => Buffer.from(data, 'base64').toString('utf8');

/** A source of a map as a path, if it is a file; `webpack://…` and the like stay as they are. */
function sourcePath(source: string, base: string): string {
  if (isAbsolute(source)) return source;
  const url = new URL(source, base);
  return url.protocol === 'file:' ? fileURLToPath(url) : source;
}

/** Of a script that was written as it is. */
function samePositions(path: string): SourcePositions {
  return {
    sources: [path],
    original: (at) => ({ source: path, line: at.lineNumber + 1, column: at.columnNumber + 1 }),
    generated: (source, line) => (source === path ? { lineNumber: line - 1, columnNumber: 0 } : undefined),
    content: () => undefined,
  };
}
