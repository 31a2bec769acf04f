/** Kernels composed of the wasm backend's. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as general from '../compose';
import { tf } from '../tf';

export type { Run } from '../compose';

/** tfjs's names of the backend whose kernels are composed, and of ours. */
export const WASM = 'wasm';
export const BACKEND = 'portable';

export type KernelCall = general.KernelCall<BackendWasm>;
export type ComposedKernel = general.ComposedKernel<BackendWasm>;

/** The kernel as tfjs calls it. */
export function composed(kernel: ComposedKernel): tf.KernelFunc {
  return general.compose(kernel, {
    find: (name, within) => tf.getKernel(name, name === within ? WASM : BACKEND).kernelFunc,
    makeConstant: (backend, values, shape) => backend.makeOutput(shape, 'float32', undefined, values),
  });
}
