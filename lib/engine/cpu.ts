/** The `cpu` engine: tfjs's plain JavaScript backend. The reference that every other engine is compared with; far too slow to train. */
import { tf } from './tf';
import type { Engine, StartedEngine } from './types';

export const cpu: Engine = {
  name: 'cpu',
  async obstacle() {
    return undefined;
  },
  async start(): Promise<StartedEngine> {
    await tf.setBackend('cpu');
    return {
      backend: 'cpu',
      threads: 1,
      version: `tfjs ${tf.version.tfjs} JavaScript`,
      fallbacks: () => [],
      resetFallbacks: () => undefined,
    };
  },
};
