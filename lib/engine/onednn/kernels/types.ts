/** A native kernel: what it is called in tfjs, which addon functions it needs, and how it runs. */
import type { tf } from '../../tf';
import type { NativeFunction } from '../loader';
import type { OneDnnBackend } from '../onednnBackend';

export interface NativeCall {
  readonly backend: OneDnnBackend;
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  readonly attrs: Readonly<Record<string, unknown>>;
  /** The addon function of a name listed in `uses`. */
  native(name: string): NativeFunction;
}

export interface NativeKernel {
  /** tfjs's kernel name, or one of our own (`Iekd…`). */
  readonly name: string;
  /** Addon functions it calls; the loader checks that they are there. */
  readonly uses: readonly string[];
  /** The result, or undefined where this case is left to the plain CPU kernel. */
  run(call: NativeCall): tf.TensorInfo | tf.TensorInfo[] | undefined;
}

/** The input of a name, which tfjs's op has already checked to be there. */
export function input(call: NativeCall, name: string): tf.TensorInfo {
  return call.inputs[name] as tf.TensorInfo;
}

/** True when all are float32 and none is empty: the only data the native kernels take. */
export function isDense(...tensors: readonly tf.TensorInfo[]): boolean {
  return tensors.every((t) => t.dtype === 'float32' && t.shape.every((n) => n > 0));
}
