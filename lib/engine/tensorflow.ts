/**
 * The `tensorflow` engine: @tensorflow/tfjs-node-gpu 4.22.0 (TensorFlow 2.9.1 on CUDA 11.2 and cuDNN 8.1), an optional dependency.
 * Used where it loads and sees a GPU; on a CPU alone the other engines are faster.
 */
import { installCommand } from '../util/package/ownPackage';
import { useBackend } from './abilities';
import { tf } from './tf';
import type { Engine, EngineAbilities, StartedEngine } from './types';

const PACKAGE = '@tensorflow/tfjs-node-gpu';
const BACKEND = 'tensorflow';

/** TensorFlow runs the ops as they are defined; its kernels are queued on the GPU. */
const ABILITIES: EngineAbilities = { fuses: () => false, timesKernels: false, precisions: ['float32'] };

/** What we use of the package and of the backend that it registers. */
export interface TensorflowPackage {
  readonly Tensor?: unknown;
}
interface TensorflowBackend {
  readonly isUsingGpuDevice?: boolean;
  readonly binding?: { readonly TF_Version?: string };
}

/** tfjs-node 4.22.0 calls helpers that Node 23 took out of `node:util`. */
function restoreUtilHelpers(): void {
  const util = require('node:util') as Record<string, unknown>;
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  util['isArray'] ??= Array.isArray;
}

function loadPackage(): TensorflowPackage {
  restoreUtilHelpers();
  // TensorFlow would write a dozen lines about the machine to stderr; its warnings and errors still come.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '1';
  return require(PACKAGE) as TensorflowPackage;
}

/** Why the package did not load, with the next step. */
function explain(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const first = String(message).split('\n')[0] ?? '';
  if (code === 'MODULE_NOT_FOUND' && first.includes(`'${PACKAGE}'`)) {
    return `the optional package ${PACKAGE} is not installed; run ${installCommand([PACKAGE])} where storage.googleapis.com can be reached`;
  }
  if (first.includes('tfjs_binding.node')) {
    return `${PACKAGE} is there without its native module; run \`npm rebuild ${PACKAGE}\` where storage.googleapis.com can be reached`;
  }
  return `${PACKAGE} does not load (${first}); compare its needs with environment.md`;
}

/** Loads the package once. It registers its backend and makes it the current one, which is undone. */
function loader(load: () => TensorflowPackage): () => string | undefined {
  let reason: string | undefined;
  let tried = false;
  return () => {
    if (tried) return reason;
    tried = true;
    const current = tf.getBackend();
    try {
      const loaded = load();
      const backend = tf.findBackend(BACKEND) as TensorflowBackend | null;
      if (loaded.Tensor !== tf.Tensor) reason = `${PACKAGE} brings a second copy of tfjs; run \`npm dedupe\``;
      else if (!backend?.isUsingGpuDevice) {
        reason = `${PACKAGE} sees no GPU; it needs an NVIDIA driver, CUDA 11.2 and cuDNN 8.1, see environment.md`;
      }
    } catch (error) {
      reason = explain(error);
    } finally {
      if (current && tf.getBackend() !== current) void tf.setBackend(current);
    }
    return reason;
  };
}

/** The engine; `load` is for tests. */
export function createTensorflow(load = loadPackage): Engine {
  const tryLoading = loader(load);
  return {
    name: 'tensorflow',
    abilities: ABILITIES,
    async unavailable() {
      return tryLoading();
    },
    async start({ threads }): Promise<StartedEngine> {
      const reason = tryLoading();
      if (reason) throw new Error(`tensorflow: expected a usable GPU, received none: ${reason}`);
      await useBackend(BACKEND, ABILITIES);
      const { binding } = tf.backend() as unknown as TensorflowBackend;
      return {
        backend: BACKEND,
        threads,
        version: `TensorFlow ${binding?.TF_Version ?? '(unknown version)'}, GPU`,
        fallbacks: () => [],
        resetFallbacks: () => undefined,
      };
    },
  };
}

export const tensorflow: Engine = createTensorflow();
