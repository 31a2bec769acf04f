/**
 * Kernels of the plain CPU backend, run for another backend on copies of the values: those that it lacks, and calls that its own do
 * not take.
 */
import { type MathBackendCPU, tf } from './tf';

/** A tensor, a list of tensors (a kernel may take several of one kind), or none. */
type Given = tf.TensorInfo | readonly tf.TensorInfo[] | undefined | null;

/** How values cross between a backend and the plain one; each makes a tensor of its side. */
export interface Crossing<Backend> {
  toCpu(info: tf.TensorInfo, backend: Backend, cpu: MathBackendCPU): tf.TensorInfo;
  fromCpu(info: tf.TensorInfo, backend: Backend, cpu: MathBackendCPU): tf.TensorInfo;
}

/** Names of the CPU backend's kernels that are not in `present`. */
export function missingKernels(present: ReadonlySet<string>): string[] {
  const names = tf.getKernelsForBackend('cpu').map((kernel) => kernel.kernelName);
  return names.filter((name) => !present.has(name));
}

/** The CPU backend's kernel of this name, between copies. */
export function copiedKernel<Backend>(name: string, crossing: Crossing<Backend>): tf.KernelFunc {
  return ({ inputs, attrs, backend }) => runOnCpu(name, inputs, attrs ?? {}, backend as Backend, crossing);
}

function runOnCpu<Backend>(
  name: string,
  inputs: tf.NamedTensorInfoMap,
  attrs: tf.NamedAttrMap,
  backend: Backend,
  { toCpu, fromCpu }: Crossing<Backend>,
): tf.TensorInfo | tf.TensorInfo[] {
  const cpu = tf.findBackend('cpu') as MathBackendCPU;
  const { kernelFunc } = tf.getKernel(name, 'cpu');
  const copies: tf.TensorInfo[] = [];
  const here = (info: tf.TensorInfo): tf.TensorInfo => {
    const copy = toCpu(info, backend, cpu);
    copies.push(copy);
    return copy;
  };
  const given = Object.entries(inputs as Record<string, Given>).flatMap(([key, value]) =>
    value ? [[key, Array.isArray(value) ? value.map(here) : here(value as tf.TensorInfo)] as const] : [],
  );
  try {
    // Some kernels are given a list, and ask for its length.
    const map = Object.assign(Array.isArray(inputs) ? [] : {}, Object.fromEntries(given)) as tf.NamedTensorInfoMap;
    const result = kernelFunc({ inputs: map, backend: cpu, attrs });
    const outputs = Array.isArray(result) ? result : [result];
    const back = outputs.map((info) => fromCpu(info, backend, cpu));
    for (const info of outputs) cpu.disposeIntermediateTensorInfo(info);
    return Array.isArray(result) ? back : (back[0] as tf.TensorInfo);
  } finally {
    for (const info of copies) cpu.disposeIntermediateTensorInfo(info);
  }
}

/** As memory of one type holds them: the CPU backend keeps some results under another type's array, or in a plain one. */
export function typed(values: tf.backend_util.BackendValues, dtype: tf.DataType): tf.backend_util.BackendValues {
  if (dtype === 'float32' && !(values instanceof Float32Array)) return Float32Array.from(values as ArrayLike<number>);
  if (dtype === 'int32' && !(values instanceof Int32Array)) return Int32Array.from(values as ArrayLike<number>);
  if (dtype === 'bool' && !(values instanceof Uint8Array)) return Uint8Array.from(values as ArrayLike<number>);
  return values;
}
