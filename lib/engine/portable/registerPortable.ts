/** Starts tfjs's wasm backend and registers ours on it: the same memory, our kernels in front, the CPU backend's behind. */
import { missingKernels } from '../copiedKernels';
import { FallbackCounter } from '../fallbackCounter';
import { tf } from '../tf';
import { composedKernels } from './kernels';
import { isPlainCall } from './plainCalls';
import { plainKernel } from './portableFallbacks';
import { BACKEND, composed, WASM } from './wasmKernels';

/**
 * Loads the package and its WebAssembly module. Emscripten's loader leaves listeners behind that turn an unhandled rejection into
 * the end of the process, which is not its business: they are taken off again.
 */
export async function loadWasm(): Promise<void> {
  require('@tensorflow/tfjs-backend-wasm');
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => process.rawListeners(event));
  const ready = await tf.setBackend(WASM);
  events.forEach((event, i) => {
    const added = process.rawListeners(event).filter((listener) => !before[i]?.includes(listener));
    for (const listener of added) process.off(event, listener as () => void);
  });
  if (!ready) throw new Error('portable: expected the WebAssembly module of @tensorflow/tfjs-backend-wasm to start, it did not');
}

/** Registers backend and kernels; once a process. @returns the counter of what ran on the CPU backend */
export function registerPortable(): FallbackCounter {
  const counter = new FallbackCounter();
  tf.registerBackend(BACKEND, () => tf.findBackend(WASM), 0);
  const present = new Set<string>();
  const register = (config: tf.KernelConfig): void => {
    const { kernelName } = config;
    if (present.has(kernelName)) return;
    present.add(kernelName);
    tf.registerKernel({ ...config, kernelFunc: guarded(config, counter), backendName: BACKEND });
  };
  for (const kernel of composedKernels) register({ kernelName: kernel.name, backendName: BACKEND, kernelFunc: composed(kernel) });
  for (const kernel of tf.getKernelsForBackend(WASM)) register(kernel);
  for (const name of missingKernels(present)) {
    tf.registerKernel({ kernelName: name, backendName: BACKEND, kernelFunc: counter.counted(name, plainKernel(name)) });
  }
  return counter;
}

/** The kernel, but the CPU backend's for calls that the wasm backend does not take. */
function guarded({ kernelName, kernelFunc }: tf.KernelConfig, counter: FallbackCounter): tf.KernelFunc {
  if (!tf.getKernel(kernelName, 'cpu')) return kernelFunc;
  const plain = counter.counted(kernelName, plainKernel(kernelName));
  return (parameters) => {
    const { inputs, attrs } = parameters;
    return isPlainCall(kernelName, { inputs, attrs: attrs ?? {} }) ? plain(parameters) : kernelFunc(parameters);
  };
}
