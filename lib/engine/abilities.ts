/**
 * What the engine that runs can do. Ops and the profiler are shared by all engines; each engine declares its abilities in its own
 * folder, and makes them known when it makes its backend the current one.
 */
import { tf } from './tf';
import type { EngineAbilities } from './types';

/** Of a tfjs backend that no engine of ours started: nothing can be relied on. */
const UNKNOWN: EngineAbilities = { fuses: () => false, timesKernels: false, precisions: ['float32'] };

/** By the name of the tfjs backend, on which they hang: a backend is registered once in a process. */
const declared = new Map<string, EngineAbilities>();

/** Makes a tfjs backend the current one, with the abilities of the engine whose backend it is. */
export async function useBackend(backend: string, abilities: EngineAbilities): Promise<void> {
  declared.set(backend, abilities);
  await tf.setBackend(backend);
}

/** Of the engine whose backend is the current one. */
export function currentAbilities(): EngineAbilities {
  return declared.get(tf.getBackend()) ?? UNKNOWN;
}
