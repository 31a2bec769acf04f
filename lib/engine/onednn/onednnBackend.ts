/**
 * The tfjs backend over oneDNN: tfjs's plain CPU backend, whose tensors are ordinary Float32Arrays, with memory from a pool. In
 * bfloat16 it keeps maps in half of the memory (bfloat16Tensor.ts). Kernels that have no native version run as they do there.
 */
import { InputError } from '../../util/check';
import type { Held } from '../capture/recording';
import { MathBackendCPU, tf } from '../tf';
import type { Precision } from '../types';
import { HalfMap } from './bfloat16Tensor';
import type { BufferPool } from './bufferPool';
import type { NativeRecording } from './capture/nativeCalls';
import type { Addon, NativeFunction } from './loader';
import { MemoryPools } from './memoryPools';

/** A map's values as kernels take them: float32, or the bits of bfloat16. */
export type MapValues = Float32Array | Uint16Array;

/** A new tensor with its values, for the caller to fill. */
export interface OutputTensor<Values> {
  readonly info: tf.TensorInfo;
  readonly values: Values;
}

export class OneDnnBackend extends MathBackendCPU {
  readonly pools: MemoryPools;
  /** What is computed now is noted there, too. */
  recording: NativeRecording | undefined;
  /** Floats in a register of the addon's own kernels. */
  readonly lanes: number;
  /** How convolutions and what follows them keep their maps. */
  precision: Precision = 'float32';

  /** float32 tensors in bfloat16, by their data, where a kernel needed one: images, say, are used by two. */
  private narrowed = new WeakMap<object, Uint16Array>();

  /** Arrays beside a tensor that its gradient will need, by the tensor's data; they live as long as it does. */
  private readonly saved = new WeakMap<object, readonly MapValues[]>();

  constructor(readonly addon: Addon) {
    super();
    this.lanes = addon.info().lanes;
    this.pools = new MemoryPools(addon);
  }

  /** That of what is computed now. */
  get pool(): BufferPool {
    return this.pools.current;
  }

  /** The addon's function of a name; while a recording is made, its calls are noted. */
  native(name: string): NativeFunction {
    const [run, { recording }] = [this.addon[name] as NativeFunction, this];
    if (!recording) return run;
    return (...values) => {
      recording.calls.push([name, ...values]);
      run(...values);
    };
  }

  /** Runs `f` with all that it does noted in a recording, whose memory is its own. */
  noting<T>(recording: NativeRecording, f: () => T): T {
    const { narrowed } = this;
    this.recording = recording;
    this.narrowed = new WeakMap();
    try {
      return this.pools.within(recording.memory, f);
    } finally {
      this.recording = undefined;
      this.narrowed = narrowed;
    }
  }

  /** What stands for a tensor's values in memory, for a recording to know it again; undefined where the tensor is gone. */
  held(dataId: object): Held | undefined {
    if (!this.data.has(dataId)) return undefined;
    const entry = this.data.get(dataId);
    return entry instanceof HalfMap ? entry : (entry.values as unknown as Held);
  }

  /** A float32 tensor whose values the caller fills. */
  output(shape: number[]): OutputTensor<Float32Array> {
    const values = this.pool.floats(tf.util.sizeFromShape(shape));
    const info = this.makeTensorInfo(shape, 'float32', values);
    this.recording?.computes(info.dataId);
    return { info, values };
  }

  /** A map that the caller fills, in the precision in which maps are kept. */
  mapOutput(shape: number[]): OutputTensor<MapValues> {
    if (this.precision === 'float32') return this.output(shape);
    const values = this.pool.halves(tf.util.sizeFromShape(shape));
    const dataId = {};
    this.data.set(dataId, new HalfMap(values, this.widen));
    this.recording?.computes(dataId);
    return { info: { dataId, shape, dtype: 'float32' }, values };
  }

  /** The values of a float32 tensor, not copied; converted where tfjs's cast has only relabelled integers as float32. */
  floats(tensor: tf.TensorInfo): Float32Array {
    const values = this.data.get(tensor.dataId).values;
    if (values instanceof Float32Array) return values;
    this.recording?.refuse('integers are converted in JavaScript');
    return Float32Array.from(values as Int32Array);
  }

  /** The values of a map in the precision in which maps are kept, not copied where they are. */
  map(tensor: tf.TensorInfo): MapValues {
    if (this.precision === 'float32') return this.floats(tensor);
    const entry = this.data.get(tensor.dataId);
    if (entry instanceof HalfMap) return entry.halves;
    const known = this.narrowed.get(tensor.dataId);
    if (known) return known;
    const halves = this.narrow(this.floats(tensor));
    this.narrowed.set(tensor.dataId, halves);
    return halves;
  }

  /** The tensors' values and an output to fill, all in one layout: as maps where every tensor is kept as one, else float32. */
  sameLayout(tensors: readonly tf.TensorInfo[], shape: number[]): { values: MapValues[]; output: OutputTensor<MapValues> } {
    const halves = this.precision === 'bfloat16' && tensors.every(({ dataId }) => this.data.get(dataId) instanceof HalfMap);
    if (halves) return { values: tensors.map((t) => this.map(t)), output: this.mapOutput(shape) };
    return { values: tensors.map((t) => this.floats(t)), output: this.output(shape) };
  }

  /** Room for `length` values of a map. */
  mapRoom(length: number): MapValues {
    return this.precision === 'float32' ? this.pool.floats(length) : this.pool.halves(length);
  }

  /** Keeps arrays for the gradient as long as the tensor lives. As outputs of the op, tfjs would give each a gradient of zeros. */
  saveForBackward(tensor: tf.TensorInfo, ...arrays: readonly MapValues[]): void {
    this.saved.set(tensor.dataId, arrays);
  }

  /** The arrays that `saveForBackward` kept. */
  savedForBackward(tensor: tf.TensorInfo): readonly MapValues[] {
    return this.saved.get(tensor.dataId) ?? [];
  }

  /** Gives the memory of what `saveForBackward` kept back to the pool. */
  releaseSaved(dataId: object): void {
    for (const array of this.savedForBackward({ dataId } as tf.TensorInfo)) this.pools.give(array);
    this.saved.delete(dataId);
  }

  /** The values of a float32 variable that may be written: nobody else holds them. */
  writable(variable: tf.TensorInfo, where: string): Float32Array {
    const holders = this.refCount(variable.dataId);
    if (holders !== 1) {
      throw new InputError(
        `${where}: expected values that only the variable holds, received ones with ${holders} holders; copy the values instead of cloning the tensor`,
      );
    }
    this.recording?.moves(variable.dataId);
    this.forgetNarrowed(variable.dataId);
    const entry = this.data.get(variable.dataId);
    if (!(entry instanceof HalfMap)) return this.floats(variable);
    // What is written into it is more than bfloat16 can hold.
    const values = entry.values;
    this.data.set(variable.dataId, { values, dtype: 'float32', refCount: 1 });
    this.pools.give(entry.halves);
    return values;
  }

  /** Before a recording writes into a variable again. @returns false where others have come to hold its values */
  mayMove(dataId: object): boolean {
    if (this.refCount(dataId) !== 1) return false;
    this.forgetNarrowed(dataId);
    return true;
  }

  /** Values from JavaScript. */
  override write(values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): object {
    const dataId = super.write(values, shape, dtype);
    this.recording?.writes(dataId, values);
    return dataId;
  }

  /** A copy for the outside world: pooled memory is used again, and variables are updated in place. */
  override readSync(dataId: object): tf.backend_util.BackendValues {
    this.recording?.refuse('values are read on the way');
    const values = super.readSync(dataId);
    return values instanceof Float32Array ? values.slice() : values;
  }

  override async read(dataId: object): Promise<tf.backend_util.BackendValues> {
    return this.readSync(dataId);
  }

  override disposeData(dataId: object, force = false): boolean {
    const entry = this.data.has(dataId) ? this.data.get(dataId) : undefined;
    const gone = super.disposeData(dataId, force);
    if (!gone || !entry) return gone;
    this.recording?.forgets(dataId);
    const arrays = entry instanceof HalfMap ? entry.arrays() : [entry.values];
    for (const array of arrays) if (ArrayBuffer.isView(array)) this.pools.give(array);
    this.forgetNarrowed(dataId);
    this.releaseSaved(dataId);
    return gone;
  }

  private forgetNarrowed(dataId: object): void {
    const halves = this.narrowed.get(dataId);
    if (!halves) return;
    this.pools.give(halves);
    this.narrowed.delete(dataId);
  }

  private readonly widen = (halves: Uint16Array): Float32Array => {
    const values = this.pool.floats(halves.length);
    this.native('Widen')(halves.length, halves, values);
    return values;
  };

  private narrow(values: Float32Array): Uint16Array {
    const halves = this.pool.halves(values.length);
    this.native('Narrow')(values.length, values, halves);
    return halves;
  }
}
