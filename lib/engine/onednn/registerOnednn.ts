/** Registers the backend: every kernel of the CPU backend, counted, then the native ones in front of them. */
import { FallbackCounter } from '../fallbackCounter';
import { tf } from '../tf';
import { nativeKernels } from './kernels';
import type { NativeCall, NativeKernel } from './kernels/types';
import type { Addon } from './loader';
import { OneDnnBackend } from './onednnBackend';
import { plainKernel } from './onednnFallbacks';

export const BACKEND = 'onednn';

/** Registers backend and kernels once a process. @returns the counter of what runs outside the native set */
export function registerOnednn(addon: Addon): FallbackCounter {
  const counter = new FallbackCounter();
  tf.registerBackend(BACKEND, () => new OneDnnBackend(addon), 0);
  const native = new Map(nativeKernels.map((kernel) => [kernel.name, kernel]));
  const plain = new Map(tf.getKernelsForBackend('cpu').map((kernel) => [kernel.kernelName, kernel]));
  for (const name of new Set([...plain.keys(), ...native.keys()])) {
    const config = plain.get(name);
    const fallback = config && plainKernel(name, config.kernelFunc, counter);
    const kernel = native.get(name);
    const kernelFunc = kernel ? withFallback(kernel, fallback) : (fallback as tf.KernelFunc);
    tf.registerKernel({ kernelName: name, backendName: BACKEND, kernelFunc });
  }
  return counter;
}

function withFallback(kernel: NativeKernel, fallback: tf.KernelFunc | undefined): tf.KernelFunc {
  return (parameters) => {
    const { inputs, attrs } = parameters;
    const backend = parameters.backend as OneDnnBackend;
    backend.recording?.takes(inputs, (dataId) => backend.held(dataId));
    const call = { inputs, attrs: attrs ?? {}, backend, native: (name: string) => backend.native(name) } as unknown as NativeCall;
    const result = kernel.run(call) ?? fallback?.(parameters);
    if (!result)
      throw new Error(`onednn ${kernel.name}: expected inputs that the kernel takes, received ones that have no kernel`);
    return result;
  };
}
