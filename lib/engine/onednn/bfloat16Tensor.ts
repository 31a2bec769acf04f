/**
 * A float32 tensor that is kept in bfloat16. tfjs and its plain kernels read `values`: they are widened when somebody asks, once.
 * Our own kernels take `halves`.
 */
export class HalfMap {
  readonly dtype = 'float32';
  /** Tensors that share it; tfjs counts. */
  refCount = 1;
  private widened: Float32Array | undefined;

  constructor(
    /** The bits of the values. */
    readonly halves: Uint16Array,
    private readonly widen: (halves: Uint16Array) => Float32Array,
  ) {}

  get values(): Float32Array {
    this.widened ??= this.widen(this.halves);
    return this.widened;
  }

  /** All memory it holds. */
  arrays(): (Uint16Array | Float32Array)[] {
    return this.widened ? [this.halves, this.widened] : [this.halves];
  }
}
