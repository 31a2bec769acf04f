/** All files of a data set looked at in threads, and what is kept of each: some hundred bytes, whatever the pictures' sizes. */
import { join } from 'node:path';
import { loadSharp } from '../pictures/decodePicture';
import type { DataListener } from '../types';
import { jobRunner } from '../workers/jobRunner';
import { CELLS } from './differenceHash';
import { type FileFacts, fileFacts } from './pictureFacts';
import type { PicturePart } from './pictureFiles';

/** What is known of the pictures, by their numbers over all parts. */
export interface LookedAt {
  readonly count: number;
  /** Heights and widths of those that can be decoded; 0 of others. */
  readonly heights: Uint32Array;
  readonly widths: Uint32Array;
  readonly formats: Readonly<Record<string, number>>;
  /** Words of the difference hashes, and which pictures have one. */
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  readonly hashed: Uint8Array;
  /** Grey of the cells that the hashes are made of, picture by picture. */
  readonly cells: Uint8Array;
  /** Number of the first picture with the same bytes: its own, where there is none before. −1 of a file that is no picture. */
  readonly firstSame: Int32Array;
  /** Mean and mean square of each channel, each picture as much as any other. */
  readonly means: readonly number[];
  readonly squares: readonly number[];
  /** Files that cannot be decoded, the first of them with their reason. */
  readonly unreadable: readonly UnreadableFile[];
  readonly unreadableCount: number;
}

/** A file that is no picture, and why. */
export interface UnreadableFile {
  readonly file: string;
  readonly reason: string;
}

/** So many are kept with their reason. */
const MOST_UNREADABLE = 100;

/** @param workers threads beside this one; 0: this one alone */
export async function lookAtFiles(
  where: string,
  parts: readonly PicturePart[],
  { workers, onProgress }: { readonly workers?: number | undefined; readonly onProgress?: DataListener | undefined },
): Promise<LookedAt> {
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const kept = keeper(count);
  const module = join(__dirname, 'checkWorker.js');
  const runner = jobRunner({ where, workers, module, work: fileFacts, prepare: loadSharp });
  try {
    for await (const [file, facts] of runner.each(paths(parts))) {
      kept.add(file, facts);
      onProgress?.({ stage: 'read', item: where, done: kept.seen(), total: count });
    }
  } finally {
    await runner.close();
  }
  return kept.all();
}

function* paths(parts: readonly PicturePart[]): Generator<string, void, void> {
  for (const part of parts) for (let i = 0; i < part.count; i++) yield part.file(i);
}

/** Facts in the order of the files. */
function keeper(count: number): { add(file: string, facts: FileFacts): void; seen(): number; all(): LookedAt } {
  const arrays = {
    heights: new Uint32Array(count),
    widths: new Uint32Array(count),
    high: new Uint32Array(count),
    low: new Uint32Array(count),
    cells: new Uint8Array(CELLS * count),
  };
  const [hashed, firstSame] = [new Uint8Array(count), new Int32Array(count)];
  const first = new Map<string, number>();
  const formats: Record<string, number> = {};
  const [means, squares] = [new Float64Array(3), new Float64Array(3)];
  const unreadable: UnreadableFile[] = [];
  let [seen, bad] = [0, 0];

  function add(file: string, facts: FileFacts): void {
    const index = seen++;
    firstSame[index] = -1;
    if ('reason' in facts) {
      if (bad++ < MOST_UNREADABLE) unreadable.push({ file, reason: facts.reason });
      return;
    }
    [arrays.heights[index], arrays.widths[index]] = [facts.height, facts.width];
    formats[facts.format] = (formats[facts.format] ?? 0) + 1;
    for (let c = 0; c < 3; c++) {
      means[c] = (means[c] as number) + (facts.means[c] as number);
      squares[c] = (squares[c] as number) + (facts.squares[c] as number);
    }
    const key = facts.sha256.slice(0, 32);
    if (!first.has(key)) first.set(key, index);
    firstSame[index] = first.get(key) as number;
    if (!facts.look) return;
    [arrays.high[index], arrays.low[index]] = facts.look.hash;
    arrays.cells.set(facts.look.cells, CELLS * index);
    hashed[index] = 1;
  }
  const mean = (sums: Float64Array): number[] => Array.from(sums, (sum) => sum / (seen - bad));
  return {
    add,
    seen: () => seen,
    all: () => ({
      ...{ count, ...arrays, hashed, firstSame, formats, unreadable, unreadableCount: bad },
      ...{ means: mean(means), squares: mean(squares) },
    }),
  };
}
