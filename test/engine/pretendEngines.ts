/** Engines that only pretend, and the choice among them. */
import type { EngineOrders } from 'iekd/dist/engine/choice/engineOrders';
import { createStarter, type Starter } from 'iekd/dist/engine/start';
import { tf } from 'iekd/dist/engine/tf';
import { type Engine, type EngineName, PRECISIONS } from 'iekd/dist/engine/types';

interface Pretence {
  readonly unavailable?: string;
  readonly notPreferred?: string;
  readonly failure?: string;
  readonly bfloat16?: true;
}

/** Number of threads of every start, by engine, in order. */
type Log = (readonly [EngineName, number])[];

function pretend(name: EngineName, log: Log, { unavailable, notPreferred, failure, bfloat16 }: Pretence = {}): Engine {
  return {
    name,
    abilities: { fuses: () => false, timesKernels: true, precisions: bfloat16 ? PRECISIONS : ['float32'] },
    unavailable: async () => unavailable,
    ...(notPreferred === undefined ? {} : { notPreferred: async () => notPreferred }),
    async start({ threads, precision = 'float32' }) {
      log.push([name, threads]);
      await tf.setBackend('cpu');
      if (failure) throw new Error(failure);
      return { backend: 'cpu', threads, precision, version: `${name} 1.0`, fallbacks: () => [], resetFallbacks: () => undefined };
    },
  };
}

/** What differs from an engine that starts, by name. */
export type Pretences = Partial<Record<EngineName, Pretence>>;

/** A choice among all five. @param variable the value of IEKD_ENGINE */
export function starterOf(pretences: Pretences = {}, variable?: string, orders?: EngineOrders): { starter: Starter; log: Log } {
  const log: Log = [];
  const names = ['tensorflow', 'webgpu', 'onednn', 'portable', 'cpu'] as const;
  const engines = names.map((name) => pretend(name, log, pretences[name]));
  return { starter: createStarter(engines, () => variable, orders), log };
}
