/** Kernels of the plain CPU backend for the wasm backend: how values cross between the two. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { type Crossing, copiedKernel, typed } from '../copiedKernels';
import type { tf } from '../tf';
import { complexHere, complexToCpu } from './complexTensors';

const crossing: Crossing<BackendWasm> = {
  toCpu({ dataId, shape, dtype }, backend, cpu) {
    const values = backend.readSync(dataId) as tf.backend_util.BackendValues;
    if (dtype === 'complex64') return complexToCpu(values as Float32Array, shape, cpu);
    return cpu.makeTensorInfo(shape, dtype, values);
  },
  fromCpu({ dataId, shape, dtype }, backend, cpu) {
    const values = cpu.readSync(dataId);
    if (dtype === 'complex64') return complexHere(values as Float32Array, shape, backend);
    return backend.makeOutput(shape, dtype, undefined, typed(values, dtype));
  },
};

/** The CPU backend's kernel of this name, between copies. */
export const plainKernel = (name: string): tf.KernelFunc => copiedKernel(name, crossing);
