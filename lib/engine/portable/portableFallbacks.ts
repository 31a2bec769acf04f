/** Kernels that the wasm backend lacks, run by the plain CPU backend on copies of the values. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { type MathBackendCPU, tf } from '../tf';

/** Not offered: they work on complex numbers or strings, which the wasm backend cannot hold. */
const UNSUPPORTED = new Set(['Complex', 'ComplexAbs', 'FFT', 'IFFT', 'Imag', 'Real', 'StaticRegexReplace']);

/** Names of the CPU backend's kernels that are not in `present` and can be run on its behalf. */
export function missingKernels(present: ReadonlySet<string>): string[] {
  const names = tf.getKernelsForBackend('cpu').map((kernel) => kernel.kernelName);
  return names.filter((name) => !present.has(name) && !UNSUPPORTED.has(name));
}

/** The CPU backend's kernel of this name, between copies. */
export function plainKernel(name: string): tf.KernelFunc {
  return ({ inputs, attrs, backend }) => runOnCpu(name, inputs, attrs ?? {}, backend as BackendWasm);
}

function runOnCpu(
  name: string,
  inputs: tf.NamedTensorInfoMap,
  attrs: tf.NamedAttrMap,
  backend: BackendWasm,
): tf.TensorInfo | tf.TensorInfo[] {
  const cpu = tf.findBackend('cpu') as MathBackendCPU;
  const { kernelFunc } = tf.getKernel(name, 'cpu');
  const here = (info: tf.TensorInfo): tf.TensorInfo =>
    cpu.makeTensorInfo(info.shape, info.dtype, backend.readSync(info.dataId) as tf.backend_util.BackendValues);
  const copies = Object.entries(inputs).flatMap(([key, info]) => (info ? [[key, here(info)] as const] : []));
  // Some kernels are given a list, and ask for its length.
  const given = Object.assign(Array.isArray(inputs) ? [] : {}, Object.fromEntries(copies));
  const result = kernelFunc({ inputs: given, backend: cpu, attrs });
  const outputs = Array.isArray(result) ? result : [result];
  const back = outputs.map(({ dataId, shape, dtype }) => backend.makeOutput(shape, dtype, undefined, cpu.readSync(dataId)));
  for (const [, info] of copies) cpu.disposeIntermediateTensorInfo(info);
  for (const info of outputs) cpu.disposeIntermediateTensorInfo(info);
  return Array.isArray(result) ? back : (back[0] as tf.TensorInfo);
}
