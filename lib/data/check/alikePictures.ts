/** Pictures that look the same: all pairs whose difference hashes are near each other, without a comparison of each with each. */
import { CELLS, differingBits } from './differenceHash';

/** Bits of 64 in which the hashes of pictures that look the same may differ. */
const ALIKE = 2;
/** By how much the grey of their cells may differ, of 255, on average. */
const NEAR = 3;
/** Bits that are set and that are not, at least: of an even picture the hash says nothing. */
const LEAST_BITS = 8;
/** Pictures whose hashes agree in a third of their bits, at most: more are pictures of one kind, as of a microscope, and are not compared. */
const LARGEST_BUCKET = 200;

/** Bits from and to of the three parts of a hash: of hashes that differ in two bits at least one part is the same (pigeonhole). */
const BANDS = [
  [0, 21],
  [21, 42],
  [42, 64],
] as const;

/** What pictures look like, by their numbers: words of the hashes, and the grey of the cells. */
export interface Looks {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  /** 72 of each, from 0 to 255. */
  readonly cells: Uint8Array;
}

/** Pairs, the lower number first, in ascending order. @param known whether there is a hash */
export function alikePairs(looks: Looks, known: (index: number) => boolean): (readonly [number, number])[] {
  const { high, low } = looks;
  const word = (i: number): bigint => (BigInt(low[i] as number) << 32n) | BigInt(high[i] as number);
  const found = new Set<string>();
  const telling = Array.from(high.keys()).filter((i) => {
    const bits = differingBits(high[i] as number, 0) + differingBits(low[i] as number, 0);
    return known(i) && bits >= LEAST_BITS && bits <= 64 - LEAST_BITS;
  });
  for (const [from, to] of BANDS) {
    const buckets = new Map<bigint, number[]>();
    for (const i of telling) {
      const key = BigInt.asUintN(to - from, word(i) >> BigInt(from));
      const bucket = buckets.get(key);
      if (bucket) bucket.push(i);
      else buckets.set(key, [i]);
    }
    for (const bucket of buckets.values()) {
      if (bucket.length > 1 && bucket.length <= LARGEST_BUCKET) addPairs(bucket, looks, found);
    }
  }
  return [...found].map((pair) => pair.split(' ').map(Number) as [number, number]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}

function addPairs(bucket: readonly number[], { high, low, cells }: Looks, found: Set<string>): void {
  for (const [k, i] of bucket.entries()) {
    for (const j of bucket.slice(k + 1)) {
      const bits = differingBits(high[i] as number, high[j] as number) + differingBits(low[i] as number, low[j] as number);
      if (bits <= ALIKE && difference(cells, i, j) <= NEAR) found.add(`${i} ${j}`);
    }
  }
}

/** Mean over the cells of two pictures. */
function difference(cells: Uint8Array, i: number, j: number): number {
  let sum = 0;
  for (let k = 0; k < CELLS; k++) sum += Math.abs((cells[CELLS * i + k] as number) - (cells[CELLS * j + k] as number));
  return sum / CELLS;
}
