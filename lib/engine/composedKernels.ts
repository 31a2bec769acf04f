/** Kernels made of other kernels: they run on the backend's own data, one after the other, and what lies between is disposed of. */
import type { tf } from './tf';

export type Inputs = Readonly<Record<string, tf.TensorInfo | undefined>>;
export type Attributes = Readonly<Record<string, unknown>>;

/** Runs another kernel, or the plain one of the same name; its result lives until the composition ends, or is what it returns. */
export type RunKernel = (kernel: string, inputs: Inputs, attributes?: Attributes) => tf.TensorInfo;

export interface ComposedCall<Backend> {
  readonly backend: Backend;
  /** As tfjs hands them over; optional ones may be missing. */
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  readonly attrs: Attributes;
  readonly run: RunKernel;
  /** Disposes of a result that has served, before the composition ends. */
  readonly release: (info: tf.TensorInfo) => void;
  /** A float32 tensor of given values. */
  readonly constant: (values: Float32Array, shape: readonly number[]) => tf.TensorInfo;
}

/** A kernel of an engine: its name in tfjs (or `Iekd…`) and how it is composed. It never returns one of its inputs. */
export interface ComposedKernel<Backend> {
  readonly name: string;
  run(call: ComposedCall<Backend>): tf.TensorInfo | tf.TensorInfo[];
}

/** What an engine's kernels are composed over. */
export interface Composition<Backend> {
  /** The kernel that `within` runs under a name: for its own name the plain one, which it stands in front of. */
  find(name: string, within: string): tf.KernelFunc;
  makeConstant(backend: Backend, values: Float32Array, shape: number[]): tf.TensorInfo;
}

/** The kernel as tfjs calls it. */
export function compose<Backend extends tf.KernelBackend>(
  kernel: ComposedKernel<Backend>,
  { find, makeConstant }: Composition<Backend>,
): tf.KernelFunc {
  return (parameters) => {
    const backend = parameters.backend as Backend;
    const made = new Set<tf.TensorInfo>();
    const keep = (info: tf.TensorInfo): tf.TensorInfo => {
      made.add(info);
      return info;
    };
    const release = (info: tf.TensorInfo): void => {
      if (made.delete(info)) backend.disposeData(info.dataId);
    };
    const run: RunKernel = (name, inputs, attributes = {}) => {
      const run = find(name, kernel.name);
      return keep(
        run({ inputs: inputs as tf.NamedTensorInfoMap, backend, attrs: attributes as tf.NamedAttrMap }) as tf.TensorInfo,
      );
    };
    const constant = (values: Float32Array, shape: readonly number[]): tf.TensorInfo =>
      keep(makeConstant(backend, values, [...shape]));
    try {
      const result = kernel.run({
        backend,
        inputs: parameters.inputs as ComposedCall<Backend>['inputs'],
        attrs: parameters.attrs ?? {},
        run,
        release,
        constant,
      });
      for (const info of Array.isArray(result) ? result : [result]) made.delete(info);
      return result;
    } finally {
      for (const info of made) backend.disposeData(info.dataId);
    }
  };
}
