/** How a product of matrices is cut into tiles, one a workgroup, and those into blocks of values, one a thread. */

/** `rows` × `columns` of the product, `depth` addends at a time; each thread holds `threadRows` × `threadColumns` of them. */
export interface Tile {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly threadRows: number;
  readonly threadColumns: number;
}

export const threadsOf = ({ rows, columns, threadRows, threadColumns }: Tile): number =>
  (rows / threadRows) * (columns / threadColumns);

/** Addends of one tile: what 16 KB of a workgroup's memory, the least that WebGPU promises, hold at 192 rows and columns. */
export const DEPTH = 16;

/** Workgroups that keep a large GPU busy: four on each of 132 multiprocessors. */
export const BUSY = 528;

/** The largest size that wastes fewest values; sizes come in descending order. */
function leastWaste(length: number, sizes: readonly number[]): number {
  const padded = (size: number): number => Math.ceil(length / size) * size;
  return sizes.reduce((best, size) => (padded(size) < padded(best) ? size : best));
}

const columnsFor = (columns: number): number => leastWaste(columns, [64, 48, 32, 16, 8, 4]);

/** For a long matrix of rows (positions) and few columns (channels). @param busy workgroups that keep the GPU busy */
export function longTile(rows: number, columns: number, busy: number): Tile {
  const width = columnsFor(columns);
  const workgroups = (height: number): number => Math.ceil(rows / height) * Math.ceil(columns / width);
  const height = [128, 64].find((size) => workgroups(size) >= busy) ?? 32;
  return {
    ...{ rows: height, columns: width, depth: DEPTH },
    ...{ threadRows: height === 128 && width >= 16 ? 8 : 4, threadColumns: width >= 32 ? 8 : 4 },
  };
}

/** For a small matrix with many addends: 144 rows are a 3×3 filter of 16 channels. */
export function smallTile(rows: number, columns: number): Tile {
  const width = columnsFor(columns);
  const height = leastWaste(rows, [144, 128, 96, 64, 48, 32, 16]);
  const large = height >= 64 && width >= 16;
  return {
    ...{ rows: height, columns: width, depth: DEPTH },
    ...{ threadRows: large ? 8 : 4, threadColumns: large && width >= 32 ? 8 : 4 },
  };
}
