/**
 * Pieces of a few large regions: the smallest free piece that is large enough is cut to size, and what is given back grows together with
 * free neighbours. A training step has maps of many sizes, never all at once; so they share memory, and what a step needs is
 * hardly more than what it uses at its peak (free lists by size need a quarter more).
 */

/** What regions are made of, and where they go. */
export interface RegionSource {
  allocate(bytes: number): ArrayBuffer;
  /** Gives it back at once. */
  release(region: ArrayBuffer): void;
}

interface Piece {
  readonly region: ArrayBuffer;
  readonly from: number;
  bytes: number;
  /** Asked for, where it is in use. */
  wanted: number | undefined;
  before: Piece | undefined;
  after: Piece | undefined;
}

/** Pieces begin at multiples of it: a line of the caches. */
const GRAIN = 64;

export class Arena {
  /** By region, the pieces in use by where they begin. */
  private readonly regions = new Map<ArrayBuffer, Map<number, Piece>>();
  /** Smallest first. */
  private readonly free: Piece[] = [];
  /** Of all regions. */
  heldBytes = 0;
  /** Of all pieces in use. */
  usedBytes = 0;

  /** @param regionBytes of the first regions, but for larger pieces; 0: each piece has one of its own */
  constructor(
    private readonly source: RegionSource,
    private readonly regionBytes: number,
  ) {}

  /** A piece of a free one; undefined where none is large enough. */
  take(bytes: number): [region: ArrayBuffer, from: number] | undefined {
    const at = this.position(bytes);
    const found = this.free[at];
    if (!found || (this.regionBytes === 0 && found.bytes !== bytes)) return undefined;
    this.free.splice(at, 1);
    const size = Math.min(found.bytes, Math.ceil(bytes / GRAIN) * GRAIN);
    if (size < found.bytes) this.cut(found, size);
    found.wanted = bytes;
    this.usedBytes += found.bytes;
    this.regions.get(found.region)?.set(found.from, found);
    return [found.region, found.from];
  }

  /** Adds a region in which there is room for a piece, `most` bytes in all. @returns false where there is no room for it */
  grow(bytes: number, most: number): boolean {
    const room = most - this.heldBytes;
    if (bytes > room) return false;
    const size = Math.max(bytes, Math.min(this.sizeFor(bytes), room));
    const region = this.source.allocate(size);
    this.regions.set(region, new Map());
    this.heldBytes += size;
    this.insert({ region, from: 0, bytes: size, wanted: undefined, before: undefined, after: undefined });
    return true;
  }

  /** What `grow` adds for a piece: a quarter of what is held. Pages that nobody has written to cost nothing. */
  private sizeFor(bytes: number): number {
    return this.regionBytes === 0 ? bytes : Math.max(bytes, this.regionBytes, Math.floor(this.heldBytes / 4 / GRAIN) * GRAIN);
  }

  /** Takes a piece back. @returns false where the array is not one */
  give({ buffer, byteOffset, byteLength }: ArrayBufferView): boolean {
    const used = this.regions.get(buffer as ArrayBuffer);
    const piece = used?.get(byteOffset);
    if (!used || piece?.wanted !== byteLength) return false;
    used.delete(byteOffset);
    piece.wanted = undefined;
    this.usedBytes -= piece.bytes;
    this.insert(this.joined(piece));
    return true;
  }

  owns(buffer: ArrayBufferLike): boolean {
    return this.regions.has(buffer as ArrayBuffer);
  }

  /** Releases regions in which nothing is used, the largest first, while at least `least` bytes are held afterwards. */
  shrink(least: number): void {
    if (this.heldBytes <= least) return;
    for (let i = this.free.length - 1; i >= 0; i--) {
      const piece = this.free[i] as Piece;
      const { region, bytes } = piece;
      if (bytes !== region.byteLength || this.heldBytes - bytes < least) continue;
      this.free.splice(i, 1);
      this.regions.delete(region);
      this.heldBytes -= bytes;
      this.source.release(region);
    }
  }

  /** Releases all regions, also those that are in use. */
  close(): void {
    for (const region of this.regions.keys()) this.source.release(region);
    this.regions.clear();
    this.free.length = 0;
    this.heldBytes = 0;
    this.usedBytes = 0;
  }

  /** Where a piece of this size belongs among the free ones. */
  private position(bytes: number): number {
    let [low, high] = [0, this.free.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.free[middle] as Piece).bytes < bytes) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private insert(piece: Piece): void {
    this.free.splice(this.position(piece.bytes), 0, piece);
  }

  private remove(piece: Piece): void {
    this.free.splice(this.free.indexOf(piece, this.position(piece.bytes)), 1);
  }

  /** Leaves the first `bytes` of a piece; the rest is a free piece of its own. */
  private cut(piece: Piece, bytes: number): void {
    const { region, from, after } = piece;
    const rest: Piece = { region, from: from + bytes, bytes: piece.bytes - bytes, wanted: undefined, before: piece, after };
    if (after) after.before = rest;
    piece.after = rest;
    piece.bytes = bytes;
    this.insert(rest);
  }

  /** A piece that is in no list, grown together with its free neighbours. */
  private joined(piece: Piece): Piece {
    const { before, after } = piece;
    if (after && after.wanted === undefined) {
      this.remove(after);
      this.swallow(piece, after);
    }
    if (!before || before.wanted !== undefined) return piece;
    this.remove(before);
    this.swallow(before, piece);
    return before;
  }

  private swallow(piece: Piece, next: Piece): void {
    piece.bytes += next.bytes;
    piece.after = next.after;
    if (next.after) next.after.before = piece;
  }
}
