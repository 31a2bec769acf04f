/** Where a backend's memory comes from: a pool of its own, and one for each recording (capture/captureRun.ts). */
import { BufferPool } from './bufferPool';
import type { Addon } from './loader';

export class MemoryPools {
  private used: BufferPool;
  private readonly all: BufferPool[];
  /** Recordings' that end with the last of their arrays. */
  private readonly ending = new Set<BufferPool>();
  private readonly options;

  constructor(private readonly addon: Addon) {
    // Under AddressSanitizer an array of its own for each map, so that a write beyond its end is seen.
    this.options = addon.info().sanitized ? { regionBytes: 0 } : {};
    this.used = new BufferPool(addon, this.options);
    this.all = [this.used];
  }

  /** That of what is computed now. */
  get current(): BufferPool {
    return this.used;
  }

  /** A pool for a recording, which gives nothing back before it is closed. */
  forRecording(): BufferPool {
    const pool = new BufferPool(this.addon, { ...this.options, keeps: true });
    this.all.push(pool);
    return pool;
  }

  /** Takes memory from a recording's pool while `f` runs. */
  within<T>(pool: BufferPool, f: () => T): T {
    const before = this.used;
    before.trim();
    this.used = pool;
    try {
      return f();
    } finally {
      this.used = before;
    }
  }

  /** Ends a recording's pool: arrays in it have length 0 from then on. */
  close(pool: BufferPool): void {
    this.all.splice(this.all.indexOf(pool), 1);
    pool.close();
  }

  /** Ends a recording's pool when what outlives the recording has been given back, too. */
  closeLater(pool: BufferPool): void {
    this.ending.add(pool);
    this.closeUnused();
  }

  /** Takes memory back into the pool that it is of; other arrays are ignored. */
  give(values: ArrayBufferView): void {
    for (const pool of this.all) pool.give(values);
    if (this.ending.size > 0) this.closeUnused();
  }

  /** Whether memory is of a pool and will be used again. */
  owns(values: ArrayBufferView): boolean {
    return this.all.some((pool) => pool.owns(values));
  }

  private closeUnused(): void {
    for (const pool of this.ending) {
      if (pool.report().usedBytes > 0) continue;
      this.ending.delete(pool);
      this.close(pool);
    }
  }
}
