/** The `onednn` engine: tfjs on an ordinary CPU with oneDNN's convolutions and our own fused kernels. */
import { registerGradients } from '../fused/gradients';
import { tf } from '../tf';
import type { Engine, EngineStartOptions, StartedEngine } from '../types';
import { nativeKernels } from './kernels';
import { type LoadedAddon, loadAddon } from './loader';
import type { OneDnnBackend } from './onednnBackend';
import type { FallbackCounter } from './onednnFallbacks';
import { BACKEND, register } from './registerOnednn';

let loaded: LoadedAddon | undefined;
let counter: FallbackCounter | undefined;

function load(): LoadedAddon {
  loaded ??= loadAddon(undefined, [...new Set(nativeKernels.flatMap((kernel) => kernel.uses))]);
  return loaded;
}

export const onednn: Engine = {
  name: 'onednn',
  async obstacle() {
    const result = load();
    return 'obstacle' in result ? result.obstacle : undefined;
  },
  bfloat16Obstacle() {
    const result = load();
    if ('addon' in result && result.addon.info().bfloat16) return undefined;
    return 'bfloat16 needs a processor with AVX512-BF16, and the addon built on it';
  },
  async start({ threads, precision = 'float32' }: EngineStartOptions): Promise<StartedEngine> {
    const result = load();
    if ('obstacle' in result) throw new Error(`onednn: expected a usable addon, received none: ${result.obstacle}`);
    const { addon } = result;
    counter ??= register(addon);
    registerGradients();
    const used = addon.setThreads(threads);
    await tf.setBackend(BACKEND);
    (tf.backend() as OneDnnBackend).precision = precision;
    const { version, isa } = addon.info();
    const kept = counter;
    return {
      backend: BACKEND,
      threads: used,
      precision,
      version: `oneDNN ${version}, ${isa}`,
      fallbacks: () => kept.report(),
      resetFallbacks: () => kept.reset(),
    };
  },
};
