/**
 * What a computation does on an engine while it does it: the engine's calls, what JavaScript wrote, which values it took from outside.
 * Repeating the calls repeats the computation as long as nothing else happened in it; what else there was is the reason why not.
 */
import type { tf } from '../tf';

/** `Call`: what the engine is called with. `Memory`: where the recording's own lies. */
export class Recording<Call, Memory> {
  readonly calls: Call[] = [];
  /** Values from outside, by their identity, and where they lay. */
  private readonly taken = new Map<object, Held | undefined>();
  /** Tensors that JavaScript wrote. */
  private readonly written = new Map<object, unknown>();
  /** Variables that kernels wrote into. */
  private readonly moved = new Set<object>();
  /** Tensors that were made, and are still there. */
  private readonly made = new Set<object>();
  private why: string | undefined;

  /** @param memory which nobody else uses */
  constructor(readonly memory: Memory) {}

  /** Why the calls alone would not repeat the computation. */
  get reason(): string | undefined {
    return this.why;
  }

  refuse(reason: string): void {
    this.why ??= reason;
  }

  takes(inputs: Readonly<Record<string, tf.TensorInfo | undefined>>, held: Lookup): void {
    for (const input of Object.values(inputs)) if (input) this.takesValues(input.dataId, held);
  }

  /** Of one tensor. */
  takesValues(dataId: object, held: Lookup): void {
    if (!this.made.has(dataId) && !this.taken.has(dataId)) this.taken.set(dataId, held(dataId));
  }

  writes(dataId: object, values: unknown): void {
    this.made.add(dataId);
    this.written.set(dataId, values);
  }

  /** A tensor that a kernel fills. */
  computes(dataId: object): void {
    this.made.add(dataId);
    this.written.delete(dataId);
  }

  /** Whether the tensor was made in it, and is still there. */
  makes(dataId: object): boolean {
    return this.made.has(dataId);
  }

  moves(dataId: object): void {
    this.moved.add(dataId);
  }

  forgets(dataId: object): void {
    this.made.delete(dataId);
  }

  /** The variables that it writes into. */
  get variables(): Iterable<object> {
    return this.moved;
  }

  /** What has been written, in its order; those of tensors that are gone, too. */
  constants(): readonly unknown[] {
    return [...this.written.values()];
  }

  /** How many of the tensors that it made are still there. */
  get left(): number {
    return this.made.size;
  }

  /** Whether what it took from outside still lies where it lay. */
  stillThere(held: Lookup): boolean {
    for (const [dataId, before] of this.taken) if (held(dataId) !== before) return false;
    return true;
  }
}

/** What stands for a tensor's values in memory: an array, a map that is kept in bfloat16, a buffer of a GPU. */
export type Held = object;

/** What stands for a tensor now; undefined where it is gone. */
type Lookup = (dataId: object) => Held | undefined;
