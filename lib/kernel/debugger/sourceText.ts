/** The text of a source whose code is loaded. */

import { readText } from '../../util/files';
import type { CellSources } from './cellSources';
import type { DebuggedScript } from './debuggedScripts';

/** Bytes of a source that is shown. */
const LARGEST_SOURCE = 32 * 2 ** 20;

/** Of a cell as it was run; of a file as its map has it, or as it stands there. Undefined where it cannot be read. */
export function sourceText(script: DebuggedScript, path: string, sources: CellSources): string | undefined {
  const known = sources.codeOf(path) ?? script.positions().content(path);
  if (known !== undefined) return known;
  try {
    return readText(path, 'a source', LARGEST_SOURCE);
  } catch {
    return undefined;
  }
}
