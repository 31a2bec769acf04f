/**
 * The engines under test: each is compared with the plain CPU engine; one that cannot run here is skipped, with its reason.
 * IEKD_ENGINE leaves one only.
 */
import { onednn } from 'iekd/dist/engine/onednn';
import { portable } from 'iekd/dist/engine/portable';
import { tensorflow } from 'iekd/dist/engine/tensorflow/tensorflowEngine';
import { tf } from 'iekd/dist/engine/tf';
import type { Engine, StartedEngine } from 'iekd/dist/engine/types';
import { webgpu } from 'iekd/dist/engine/webgpu';

const engines: readonly Engine[] = [portable, onednn, tensorflow, webgpu];

export interface EngineUnderTest {
  readonly engine: Engine;
  /** Why it is skipped: what the engine itself says. */
  readonly skip: string | undefined;
  /** Starts it, two threads, and makes its backend the current one. */
  start(): Promise<StartedEngine>;
}

/** All engines, with what keeps them from running here. */
export async function enginesUnderTest(): Promise<EngineUnderTest[]> {
  tf.enableProdMode();
  const only = process.env['IEKD_ENGINE'];
  const rows = engines
    .filter(({ name }) => !only || name === only)
    .map(async (engine) => ({
      engine,
      skip: await engine.unavailable({ threads: 2 }),
      start: () => engine.start({ threads: 2 }),
    }));
  return Promise.all(rows);
}
