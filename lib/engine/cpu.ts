/** The `cpu` engine: tfjs's plain JavaScript backend. The reference that every other engine is compared with; far too slow to train. */
import { useBackend } from './abilities';
import { tf } from './tf';
import type { Engine, EngineAbilities, StartedEngine } from './types';

const ABILITIES: EngineAbilities = { fuses: () => false, timesKernels: true, mapBytes: 4, precisions: ['float32'] };

export const cpu: Engine = {
  name: 'cpu',
  abilities: ABILITIES,
  async unavailable() {
    return undefined;
  },
  async start(): Promise<StartedEngine> {
    await useBackend('cpu', ABILITIES);
    return {
      backend: 'cpu',
      threads: 1,
      version: `tfjs ${tf.version.tfjs} JavaScript`,
      fallbacks: () => [],
      resetFallbacks: () => undefined,
    };
  },
};
