/**
 * A free list of large Float32Arrays by length. A training step asks for the same sizes again and again, and a fresh array of
 * 8 MB costs as much in page faults as a rectifier in arithmetic. Bounded; what does not fit is left to the garbage collector.
 */

export interface PoolReport {
  readonly freeBytes: number;
  readonly hits: number;
  readonly misses: number;
}

/** Arrays shorter than this are made afresh: small ones are cheap, and may be handed to the caller as they are. */
const SHORTEST = 1024;

export class BufferPool {
  private readonly free = new Map<number, Float32Array[]>();
  /** Memory that this pool handed out and may get back. */
  private readonly own = new WeakSet<ArrayBufferLike>();
  private freeBytes = 0;
  private hits = 0;
  private misses = 0;

  constructor(
    private readonly allocate: (length: number) => Float32Array,
    private readonly mostBytes = 2 ** 30,
  ) {}

  /** An array of `length` elements; its values are whatever was there before. */
  take(length: number): Float32Array {
    if (length < SHORTEST) return new Float32Array(length);
    const found = this.free.get(length)?.pop();
    if (found) {
      this.hits++;
      this.freeBytes -= found.byteLength;
      return found;
    }
    this.misses++;
    const made = this.allocate(length);
    this.own.add(made.buffer);
    return made;
  }

  /** True when the memory behind `values` is the pool's and will be used again. */
  owns(values: ArrayBufferView): boolean {
    return this.own.has(values.buffer);
  }

  /** Takes an array back; nobody may read it afterwards. Others' arrays are ignored. */
  give(values: Float32Array): void {
    if (!this.owns(values) || this.freeBytes + values.byteLength > this.mostBytes) return;
    this.freeBytes += values.byteLength;
    const list = this.free.get(values.length);
    if (list) list.push(values);
    else this.free.set(values.length, [values]);
  }

  report(): PoolReport {
    return { freeBytes: this.freeBytes, hits: this.hits, misses: this.misses };
  }
}
