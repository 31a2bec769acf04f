/**
 * Kernels of the plain CPU backend for the WebGPU backend, on copies of the values: those that tfjs's lacks, one whose WGSL does not
 * compile (`Bincount`), and those that must look at their indices to refuse wrong ones. No network's training needs them.
 */
import { type Crossing, copiedKernel, missingKernels, typed } from '../copiedKernels';
import { FallbackCounter } from '../fallbackCounter';
import { tf } from '../tf';
import type { WebgpuBackend } from './webgpuBackend';

const crossing: Crossing<WebgpuBackend> = {
  toCpu: ({ dataId, shape, dtype }, backend, cpu) => cpu.makeTensorInfo(shape, dtype, backend.readSync(dataId)),
  fromCpu: ({ dataId, shape, dtype }, backend, cpu) =>
    backend.makeTensorInfo(shape, dtype, typed(cpu.readSync(dataId), dtype) as Float32Array),
};

/** tfjs 4.22.0 has these, and they are wrong, or take what the plain ones refuse. */
const REPLACED = ['Bincount', 'BroadcastArgs', 'SparseSegmentMean', 'SparseSegmentSum'];

/** Registers them, once a process. @returns the counter of what ran on the CPU backend */
export function registerFallbacks(backendName: string): FallbackCounter {
  const counter = new FallbackCounter();
  const present = new Set(tf.getKernelsForBackend(backendName).map(({ kernelName }) => kernelName));
  for (const kernelName of REPLACED) if (present.delete(kernelName)) tf.unregisterKernel(kernelName, backendName);
  for (const kernelName of missingKernels(present)) {
    tf.registerKernel({ kernelName, backendName, kernelFunc: counter.counted(kernelName, copiedKernel(kernelName, crossing)) });
  }
  return counter;
}
