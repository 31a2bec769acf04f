/** Kernels made of other kernels: they run on the backend's own data, one after the other, and what lies between is disposed of. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { tf } from '../tf';

/** tfjs's names of the backend whose kernels are composed, and of ours. */
export const WASM = 'wasm';
export const BACKEND = 'portable';

export type Inputs = Readonly<Record<string, tf.TensorInfo | undefined>>;
export type Attributes = Readonly<Record<string, unknown>>;

/** Runs another kernel, or the wasm backend's of the same name; its result lives until the composition ends, or is what it returns. */
export type Run = (kernel: string, inputs: Inputs, attributes?: Attributes) => tf.TensorInfo;

export interface KernelCall {
  readonly backend: BackendWasm;
  /** As tfjs hands them over; optional ones may be missing. */
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  readonly attrs: Attributes;
  readonly run: Run;
  /** A float32 tensor of given values. */
  readonly constant: (values: Float32Array, shape: readonly number[]) => tf.TensorInfo;
}

/** A kernel of this engine: its name in tfjs (or `Iekd…`) and how it is composed. It never returns one of its inputs. */
export interface ComposedKernel {
  readonly name: string;
  run(call: KernelCall): tf.TensorInfo | tf.TensorInfo[];
}

/** The kernel as tfjs calls it. */
export function composed(kernel: ComposedKernel): tf.KernelFunc {
  return (parameters) => {
    const backend = parameters.backend as BackendWasm;
    const made: tf.TensorInfo[] = [];
    const keep = (info: tf.TensorInfo): tf.TensorInfo => {
      made.push(info);
      return info;
    };
    const run: Run = (name, inputs, attributes = {}) => {
      const { kernelFunc } = tf.getKernel(name, name === kernel.name ? WASM : BACKEND);
      return keep(
        kernelFunc({ inputs: inputs as tf.NamedTensorInfoMap, backend, attrs: attributes as tf.NamedAttrMap }) as tf.TensorInfo,
      );
    };
    const constant = (values: Float32Array, shape: readonly number[]): tf.TensorInfo =>
      keep(backend.makeOutput([...shape], 'float32', undefined, values));
    const results = new Set<tf.TensorInfo>();
    try {
      const result = kernel.run({
        backend,
        inputs: parameters.inputs as KernelCall['inputs'],
        attrs: parameters.attrs ?? {},
        run,
        constant,
      });
      for (const info of Array.isArray(result) ? result : [result]) results.add(info);
      return result;
    } finally {
      for (const info of made) if (!results.has(info)) backend.disposeData(info.dataId);
    }
  };
}
