/** Kernels composed of the wasm backend's. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as general from '../composedKernels';
import { tf } from '../tf';

export type { RunKernel } from '../composedKernels';

/** tfjs's names of the backend whose kernels are composed, and of ours. */
export const WASM = 'wasm';
export const BACKEND = 'portable';

export type WasmCall = general.ComposedCall<BackendWasm>;
export type WasmKernel = general.ComposedKernel<BackendWasm>;

/** The kernel as tfjs calls it. */
export function composed(kernel: WasmKernel): tf.KernelFunc {
  return general.compose(kernel, {
    find: (name, within) => tf.getKernel(name, name === within ? WASM : BACKEND).kernelFunc,
    makeConstant: (backend, values, shape) => backend.makeOutput(shape, 'float32', undefined, values),
  });
}
