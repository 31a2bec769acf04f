/**
 * The `portable` engine: tfjs's WebAssembly backend, plus the gradients and fused ops it lacks. Runs wherever Node does, with no
 * compiler. One thread: the threaded module that tfjs 4.22.0 publishes is built without a thread pool (it counts one thread
 * whatever it is asked for), and tfjs does not use it in Node.
 */

import { installCommand } from '../../util/package/ownPackage';
import { useBackend } from '../abilities';
import type { FallbackCounter } from '../fallbackCounter';
import { registerGradients } from '../fused/gradients';
import { tf } from '../tf';
import type { Engine, EngineAbilities, StartedEngine } from '../types';
import { loadWasm, registerPortable } from './registerPortable';
import { BACKEND } from './wasmKernels';

let counter: FallbackCounter | undefined;

/** Its batch norms are kernels of their own, after the convolution. */
const ABILITIES: EngineAbilities = { fuses: () => false, timesKernels: true, mapBytes: 4, precisions: ['float32'] };

export const portable: Engine = {
  name: 'portable',
  abilities: ABILITIES,
  async unavailable() {
    try {
      require.resolve('@tensorflow/tfjs-backend-wasm');
      return undefined;
    } catch {
      return `the package @tensorflow/tfjs-backend-wasm is not installed; run ${installCommand(['@tensorflow/tfjs-backend-wasm'])}`;
    }
  },
  async start(): Promise<StartedEngine> {
    if (!counter) await loadWasm();
    counter ??= registerPortable();
    registerGradients();
    await useBackend(BACKEND, ABILITIES);
    const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
    const kept = counter;
    return {
      backend: BACKEND,
      threads: 1,
      version: `tfjs ${tf.version.tfjs} WebAssembly, ${simd ? 'SIMD' : 'no SIMD'}`,
      fallbacks: () => kept.report(),
      resetFallbacks: () => kept.reset(),
    };
  },
};
