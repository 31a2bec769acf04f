/**
 * Buffers of a recording and of everybody else behind tfjs's one manager. A recording's own are used for nothing else while it is
 * there, so that its programs find them where they were. Those of one size follow one another within a recording, in the order of its
 * programs, but for those that JavaScript fills: repetitions do not fill them again.
 */

export interface OwnedBuffer {
  readonly size: number;
  readonly usage: number;
  destroy(): void;
}

/** What tfjs's backend uses of its manager. */
export interface BufferManager {
  readonly numBytesUsed: number;
  readonly numBytesAllocated: number;
  acquireBuffer(size: number, usage: number, mappedAtCreation?: boolean, reuse?: boolean): OwnedBuffer;
  releaseBuffer(buffer: OwnedBuffer, reuse?: boolean): void;
  dispose(): void;
}

interface BufferDevice {
  createBuffer(descriptor: { readonly size: number; readonly usage: number; readonly mappedAtCreation: boolean }): OwnedBuffer;
}

/** WebGPU's own number. */
const UNIFORM = 0x40;

/** The buffers of one recording. */
export class RecordingBuffers {
  private readonly all = new Set<OwnedBuffer>();
  private readonly used = new Set<OwnedBuffer>();
  private readonly filled = new Set<OwnedBuffer>();
  private readonly free = new Map<string, OwnedBuffer[]>();
  private isClosed = false;

  constructor(private readonly device: BufferDevice) {}

  get bytes(): number {
    return [...this.all].reduce((sum, { size }) => sum + size, 0);
  }

  get isEmpty(): boolean {
    return this.all.size === 0;
  }

  acquire(size: number, usage: number, mappedAtCreation: boolean): OwnedBuffer {
    const isFilled = mappedAtCreation || (usage & UNIFORM) !== 0;
    const before = isFilled ? undefined : this.free.get(`${size} ${usage}`)?.pop();
    const buffer = before ?? this.device.createBuffer({ size, usage, mappedAtCreation });
    if (isFilled) this.filled.add(buffer);
    this.all.add(buffer);
    this.used.add(buffer);
    return buffer;
  }

  release(buffer: OwnedBuffer): void {
    this.used.delete(buffer);
    if (this.isClosed) this.destroy(buffer);
    if (this.isClosed || this.filled.has(buffer)) return;
    const key = `${buffer.size} ${buffer.usage}`;
    const free = this.free.get(key) ?? [];
    this.free.set(key, free);
    free.push(buffer);
  }

  /** Gives the memory back, that of tensors that are still there once they go. What uses it has to be submitted before. */
  close(): void {
    this.isClosed = true;
    for (const buffer of this.all) if (!this.used.has(buffer)) this.destroy(buffer);
  }

  private destroy(buffer: OwnedBuffer): void {
    buffer.destroy();
    this.all.delete(buffer);
  }
}

/** Stands in the place of a backend's manager. */
export class RoutedBuffers implements BufferManager {
  private readonly owners = new WeakMap<OwnedBuffer, RecordingBuffers>();
  private readonly recordings = new Set<RecordingBuffers>();
  private current: RecordingBuffers | undefined;

  constructor(private readonly shared: BufferManager) {}

  get numBytesUsed(): number {
    return this.shared.numBytesUsed + this.recorded;
  }

  get numBytesAllocated(): number {
    return this.shared.numBytesAllocated + this.recorded;
  }

  acquireBuffer(size: number, usage: number, mappedAtCreation = false, reuse = true): OwnedBuffer {
    if (!this.current) return this.shared.acquireBuffer(size, usage, mappedAtCreation, reuse);
    const buffer = this.current.acquire(size, usage, mappedAtCreation);
    this.owners.set(buffer, this.current);
    return buffer;
  }

  releaseBuffer(buffer: OwnedBuffer, reuse = true): void {
    const owner = this.owners.get(buffer);
    if (!owner) this.shared.releaseBuffer(buffer, reuse);
    owner?.release(buffer);
    if (owner?.isEmpty) this.recordings.delete(owner);
  }

  /** Whether a buffer is a recording's own. */
  isOf(buffers: RecordingBuffers, buffer: object): boolean {
    return this.owners.get(buffer as OwnedBuffer) === buffers;
  }

  /** Takes what `f` needs from a recording's buffers, or from everybody's. */
  within<T>(buffers: RecordingBuffers | undefined, f: () => T): T {
    const before = this.current;
    this.current = buffers;
    if (buffers) this.recordings.add(buffers);
    try {
      return f();
    } finally {
      this.current = before;
    }
  }

  close(buffers: RecordingBuffers): void {
    buffers.close();
    if (buffers.isEmpty) this.recordings.delete(buffers);
  }

  dispose(): void {
    for (const buffers of this.recordings) this.close(buffers);
    this.shared.dispose();
  }

  private get recorded(): number {
    return [...this.recordings].reduce((sum, { bytes }) => sum + bytes, 0);
  }
}
