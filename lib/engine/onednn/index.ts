/** The `onednn` engine: tfjs on an ordinary CPU with oneDNN's convolutions and our own fused kernels. */
import { useBackend } from '../abilities';
import type { FallbackCounter } from '../fallbackCounter';
import { registerGradients } from '../fused/gradients';
import { tf } from '../tf';
import { type Engine, type EngineAbilities, type EngineStartOptions, PRECISIONS, type StartedEngine } from '../types';
import { captureRun } from './capture/captureRun';
import { nativeKernels } from './kernels';
import { type LoadedAddon, loadAddon } from './loader';
import type { OneDnnBackend } from './onednnBackend';
import { pieceTimes } from './pieceTimes';
import { BACKEND, registerOnednn } from './registerOnednn';

let loaded: LoadedAddon | undefined;
let counter: FallbackCounter | undefined;

function load(): LoadedAddon {
  loaded ??= loadAddon(undefined, [...new Set(nativeKernels.flatMap((kernel) => kernel.uses))]);
  return loaded;
}

/** Convolution and batch norm in one piece are 3×3, stride 1, with registers full of channels (`fitting` in native/src/kernels/convolution/Winograd.cc). */
const ABILITIES: EngineAbilities = {
  fuses: ({ filter: [height, width, from, to], stride }) =>
    height === 3 && width === 3 && stride === 1 && from % 16 === 0 && to % 16 === 0,
  timesKernels: true,
  ceilings: true,
  capture: captureRun,
  pieceTimes,
  precisions: PRECISIONS,
};

export const onednn: Engine = {
  name: 'onednn',
  abilities: ABILITIES,
  async unavailable({ precision = 'float32' }: Partial<EngineStartOptions> = {}) {
    const result = load();
    if ('unavailable' in result) return result.unavailable;
    if (precision === 'float32' || result.addon.info().bfloat16) return undefined;
    return 'bfloat16 needs a processor with AVX512-BF16, and the addon built on it';
  },
  async start({ threads, precision = 'float32' }: EngineStartOptions): Promise<StartedEngine> {
    const result = load();
    if ('unavailable' in result) throw new Error(`onednn: expected a usable addon, received none: ${result.unavailable}`);
    const { addon } = result;
    counter ??= registerOnednn(addon);
    registerGradients();
    const used = addon.setThreads(threads);
    await useBackend(BACKEND, { ...ABILITIES, mapBytes: precision === 'bfloat16' ? 2 : 4 });
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
