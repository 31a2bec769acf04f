/**
 * The tfjs backend over oneDNN: tfjs's plain CPU backend, whose tensors are ordinary Float32Arrays, with memory from a pool.
 * Kernels that have no native version run as they do there.
 */
import { InputError } from '../../util/check';
import { MathBackendCPU, tf } from '../tf';
import { BufferPool } from './bufferPool';
import type { Addon } from './loader';

export class OneDnnBackend extends MathBackendCPU {
  readonly pool: BufferPool;
  /** Floats in a register of the addon's own kernels. */
  readonly lanes: number;

  /** What a kernel computed besides a tensor and its gradient will need; it goes with the tensor. */
  private readonly companions = new WeakMap<object, readonly Float32Array[]>();

  constructor(readonly addon: Addon) {
    super();
    this.lanes = addon.info().lanes;
    this.pool = new BufferPool((length) => addon.allocate(length));
  }

  /** A float32 tensor whose values the caller fills. */
  output(shape: number[]): { info: tf.TensorInfo; values: Float32Array } {
    const values = this.pool.take(tf.util.sizeFromShape(shape));
    return { info: this.makeTensorInfo(shape, 'float32', values), values };
  }

  /** The values of a float32 tensor, not copied; converted where tfjs's cast has only relabelled integers as float32. */
  floats(tensor: tf.TensorInfo): Float32Array {
    const values = this.data.get(tensor.dataId).values;
    return values instanceof Float32Array ? values : Float32Array.from(values as Int32Array);
  }

  /** Keeps arrays as long as the tensor lives. tfjs would give an output that nobody reads a gradient of zeros. */
  accompany(tensor: tf.TensorInfo, ...arrays: readonly Float32Array[]): void {
    this.companions.set(tensor.dataId, arrays);
  }

  /** What `accompany` kept. */
  companion(tensor: tf.TensorInfo): readonly Float32Array[] {
    return this.companions.get(tensor.dataId) ?? [];
  }

  /** Gives back what `accompany` kept. */
  part(dataId: object): void {
    for (const array of this.companion({ dataId } as tf.TensorInfo)) this.pool.give(array);
    this.companions.delete(dataId);
  }

  /** The values of a float32 variable that may be written: nobody else holds them. */
  writable(variable: tf.TensorInfo, where: string): Float32Array {
    const holders = this.refCount(variable.dataId);
    if (holders !== 1) {
      throw new InputError(
        `${where}: expected values that only the variable holds, received ones with ${holders} holders; copy the values instead of cloning the tensor`,
      );
    }
    return this.floats(variable);
  }

  /** A copy for the outside world: pooled memory is used again, and variables are updated in place. */
  override readSync(dataId: object): tf.backend_util.BackendValues {
    const values = super.readSync(dataId);
    return values instanceof Float32Array ? values.slice() : values;
  }

  override async read(dataId: object): Promise<tf.backend_util.BackendValues> {
    return this.readSync(dataId);
  }

  override disposeData(dataId: object, force = false): boolean {
    const values = this.data.has(dataId) ? this.data.get(dataId).values : undefined;
    const gone = super.disposeData(dataId, force);
    if (!gone) return gone;
    if (values instanceof Float32Array) this.pool.give(values);
    this.part(dataId);
    return gone;
  }
}
