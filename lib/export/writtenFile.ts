/** What an export has written. */
import { statSync } from 'node:fs';

/** One file. */
export interface WrittenFile {
  readonly path: string;
  readonly bytes: number;
}

/** Files with their sizes. */
export const fileSizes = (paths: readonly string[]): WrittenFile[] => paths.map((path) => ({ path, bytes: statSync(path).size }));
