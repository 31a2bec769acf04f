/**
 * The `tensorflow` engine: @tensorflow/tfjs-node-gpu 4.22.0 over the TensorFlow that `npm run setup -- --tensorflow` found, on an
 * NVIDIA GPU or on the processor. Chosen by itself only where it has a GPU; elsewhere by name. TensorFlow runs the ops one by one, as
 * they are defined.
 */
import { existsSync } from 'node:fs';
import { useBackend } from '../abilities';
import type { FallbackCounter } from '../fallbackCounter';
import { tf } from '../tf';
import type { Engine, EngineAbilities, EngineStartOptions, StartedEngine } from '../types';
import { createLoader, loadPackage, type TensorflowPackage } from './packageLoader';
import { registerTensorflow } from './registerTensorflow';
import { BACKEND, type TensorflowBackend } from './tensorflowBackend';

const ABILITIES: EngineAbilities = { fuses: () => false, timesKernels: false, precisions: ['float32'] };

/** On the processor an op has ended when it returns, and its maps lie in the machine's memory. */
const ON_PROCESSOR: EngineAbilities = { ...ABILITIES, timesKernels: true, mapBytes: 4 };

/** What the engine goes through; tests put their own in. */
export interface TensorflowSystem {
  load(threads: number | undefined): TensorflowPackage;
  /** Whether there is an NVIDIA driver, found without loading anything. */
  hasDriver(): boolean;
}

const system: TensorflowSystem = {
  load: loadPackage,
  hasDriver: () => existsSync('/proc/driver/nvidia/version') || existsSync('/dev/dxg'),
};

/** The engine; `from` is for tests. */
export function createTensorflow({ load, hasDriver }: TensorflowSystem = system): Engine {
  const loader = createLoader(load);
  let counter: FallbackCounter | undefined;
  const backend = (): TensorflowBackend => tf.findBackend(BACKEND) as TensorflowBackend;
  const ruledOut = (): string | undefined =>
    hasDriver()
      ? undefined
      : 'there is no NVIDIA driver, and on the processor other engines are faster; IEKD_ENGINE=tensorflow uses it';
  return {
    name: 'tensorflow',
    abilities: ABILITIES,
    async unavailable({ threads }: Partial<EngineStartOptions> = {}) {
      return loader.unavailable(threads);
    },
    ruledOut,
    async notPreferred() {
      const withoutDriver = ruledOut();
      if (withoutDriver !== undefined) return withoutDriver;
      if (loader.unavailable() !== undefined || backend().isUsingGpuDevice) return undefined;
      return `${versionOf(backend())} sees no GPU in spite of the NVIDIA driver, see environment.md; IEKD_ENGINE=tensorflow uses the processor`;
    },
    async start({ threads }): Promise<StartedEngine> {
      const reason = loader.unavailable(threads);
      if (reason !== undefined) throw new Error(`tensorflow: expected a package that loads, received none: ${reason}`);
      counter ??= registerTensorflow();
      const { isUsingGpuDevice } = backend();
      await useBackend(BACKEND, isUsingGpuDevice ? ABILITIES : ON_PROCESSOR);
      const kept = counter;
      return {
        backend: BACKEND,
        threads: loader.threads() ?? threads,
        version: `${versionOf(backend())}, ${isUsingGpuDevice ? 'GPU' : 'CPU'}`,
        fallbacks: () => kept.report(),
        resetFallbacks: () => kept.reset(),
      };
    },
  };
}

const versionOf = ({ binding }: TensorflowBackend): string => `TensorFlow ${binding.TF_Version ?? '(unknown version)'}`;

export const tensorflow: Engine = createTensorflow();
