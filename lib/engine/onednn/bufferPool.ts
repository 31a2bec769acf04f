/**
 * Memory for maps that is used again: a training step asks for the same sizes again and again, and a fresh array of 8 MB costs as much
 * in page faults as a rectifier in arithmetic. The pool keeps what recent steps used at their peak; what is beyond that goes back to
 * the system at once.
 */
import { refusePhrase } from '../../util/check';
import { bytesText } from '../../util/text';
import { memoryLimit } from '../memoryLimit';
import { Arena, type RegionSource } from './arena';

export interface PoolReport {
  /** In use now. */
  readonly usedBytes: number;
  /** In use and free. */
  readonly heldBytes: number;
  /** Most that was ever in use at once. */
  readonly peakBytes: number;
  /** Pieces that came from memory that was there, and those that memory had to be asked for. */
  readonly hits: number;
  readonly misses: number;
}

export interface PoolOptions {
  /** Of the first regions; 0: every array has one of its own. Default 16 MiB. */
  readonly regionBytes?: number;
  /** What can be held at all; default the machine's memory, or the limit of the control group. */
  readonly mostBytes?: number;
  /** Nothing goes back to the system before `close`: memory that is free is still written to by calls that are repeated. */
  readonly keeps?: boolean;
}

/** Shorter ones are made afresh: they are cheap, and may be handed to the caller as they are. */
const SHORTEST_BYTES = 4096;

/** The peak is that of so many arrays and of as many before: more than a step of any network here takes. */
const WINDOW = 8192;

/** What is kept beyond the peak, so that steps that differ a little do not give and take memory. */
const SPARE = 1.125;

export class BufferPool {
  private readonly arena: Arena;
  private readonly mostBytes: number;
  private readonly keeps: boolean;
  private peaks: readonly [now: number, before: number] = [0, 0];
  private peakBytes = 0;
  private hits = 0;
  private misses = 0;

  constructor(source: RegionSource, { regionBytes = 2 ** 24, mostBytes = memoryLimit(), keeps = false }: PoolOptions = {}) {
    this.arena = new Arena(source, regionBytes);
    this.mostBytes = mostBytes;
    this.keeps = keeps;
  }

  /** `length` floats; their values are whatever was there before. */
  floats(length: number): Float32Array {
    const bytes = length * Float32Array.BYTES_PER_ELEMENT;
    if (bytes < SHORTEST_BYTES) return new Float32Array(length);
    return new Float32Array(...this.take(bytes), length);
  }

  /** The bits of `length` numbers in bfloat16, likewise. */
  halves(length: number): Uint16Array {
    const bytes = length * Uint16Array.BYTES_PER_ELEMENT;
    if (bytes < SHORTEST_BYTES) return new Uint16Array(length);
    return new Uint16Array(...this.take(bytes), length);
  }

  /** True when the memory behind `values` is the pool's and will be used again. */
  owns(values: ArrayBufferView): boolean {
    return this.arena.owns(values.buffer);
  }

  /** Takes an array back; nobody may read it afterwards. Others' arrays, and parts of its own, are ignored. */
  give(values: ArrayBufferView): void {
    if (this.arena.give(values) && !this.keeps) this.arena.shrink(Math.max(...this.peaks) * SPARE);
  }

  /** Gives the system what is not in use now. */
  trim(): void {
    if (!this.keeps) this.arena.shrink(0);
  }

  /** Gives the system all of it, used or not. */
  close(): void {
    this.arena.close();
  }

  report(): PoolReport {
    const { usedBytes, heldBytes } = this.arena;
    return { usedBytes, heldBytes, peakBytes: this.peakBytes, hits: this.hits, misses: this.misses };
  }

  private take(bytes: number): [ArrayBuffer, number] {
    const found = this.arena.take(bytes);
    if (found) this.hits++;
    else this.grow(bytes);
    const taken = found ?? this.arena.take(bytes);
    if (!taken) throw new Error('BufferPool: expected room in a new region, received none');
    this.remember(this.arena.usedBytes);
    return taken;
  }

  private grow(bytes: number): void {
    this.misses++;
    if (this.arena.grow(bytes, this.mostBytes)) return;
    this.trim();
    if (this.arena.grow(bytes, this.mostBytes)) return;
    const expected = `maps of at most ${bytesText(this.mostBytes)}, all the memory that there is`;
    throw refusePhrase('memory', expected, bytesText(this.arena.heldBytes + bytes), 'a smaller batch needs less');
  }

  private remember(used: number): void {
    this.peakBytes = Math.max(this.peakBytes, used);
    const [now, before] = this.peaks;
    const full = (this.hits + this.misses) % WINDOW === 0;
    this.peaks = full ? [used, now] : [Math.max(now, used), before];
  }
}
