/**
 * A free list of large buffers by size. A training step asks for the same sizes again and again, and a fresh array of 8 MB costs
 * as much in page faults as a rectifier in arithmetic. Bounded; what does not fit is left to the garbage collector.
 */

export interface PoolReport {
  readonly freeBytes: number;
  readonly hits: number;
  readonly misses: number;
}

/** Shorter ones are made afresh: they are cheap, and may be handed to the caller as they are. */
const SHORTEST_BYTES = 4096;

export class BufferPool {
  private readonly free = new Map<number, ArrayBuffer[]>();
  /** Memory that this pool handed out and may get back. */
  private readonly own = new WeakSet<ArrayBufferLike>();
  private freeBytes = 0;
  private hits = 0;
  private misses = 0;

  constructor(
    private readonly allocate: (bytes: number) => ArrayBuffer,
    private readonly mostBytes = 2 ** 30,
  ) {}

  /** `length` floats; their values are whatever was there before. */
  floats(length: number): Float32Array {
    return new Float32Array(this.take(length * Float32Array.BYTES_PER_ELEMENT));
  }

  /** The bits of `length` numbers in bfloat16, likewise. */
  halves(length: number): Uint16Array {
    return new Uint16Array(this.take(length * Uint16Array.BYTES_PER_ELEMENT));
  }

  /** True when the memory behind `values` is the pool's and will be used again. */
  owns(values: ArrayBufferView): boolean {
    return this.own.has(values.buffer);
  }

  /** Takes an array back; nobody may read it afterwards. Others' arrays are ignored. */
  give({ buffer }: ArrayBufferView): void {
    if (!(buffer instanceof ArrayBuffer) || !this.own.has(buffer)) return;
    if (this.freeBytes + buffer.byteLength > this.mostBytes) return;
    this.freeBytes += buffer.byteLength;
    const list = this.free.get(buffer.byteLength);
    if (list) list.push(buffer);
    else this.free.set(buffer.byteLength, [buffer]);
  }

  report(): PoolReport {
    return { freeBytes: this.freeBytes, hits: this.hits, misses: this.misses };
  }

  private take(bytes: number): ArrayBuffer {
    if (bytes < SHORTEST_BYTES) return new ArrayBuffer(bytes);
    const found = this.free.get(bytes)?.pop();
    if (found) {
      this.hits++;
      this.freeBytes -= bytes;
      return found;
    }
    this.misses++;
    const made = this.allocate(bytes);
    this.own.add(made);
    return made;
  }
}
