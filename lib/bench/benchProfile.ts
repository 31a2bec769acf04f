/** Where the time of a step goes: kernel by kernel, what is outside of kernels, and the batch that the step is given. */

import type { Batch } from '../data/types';
import { PROFILE_KEYS, type ProfileKey, type ProfileRow, profileRows } from '../engine/profile/profileRows';
import { type KernelRecording, recordKernels } from '../engine/profile/recorder';
import type { TensorBatch } from '../optim/objective';
import { disposeBatch, tensorBatch } from '../tasks/tensorBatch';
import { integerIn, knownKeys, objectIn, refuse } from '../util/check';
import { mean } from '../util/stats';
import type { BenchEngine, BenchOptions } from './bench';
import type { BenchRow } from './benchRow';
import { BENCH_WORKS, type BenchWork, benchWork, WARM_UP_STEPS, workOptions } from './benchWork';

/** Options of `benchProfile`. */
export interface BenchProfileOptions extends Pick<BenchOptions, 'work' | 'depth' | 'batch' | 'onProgress'> {
  /** Profiled steps of each work, in turn with as many plain ones, after two that are not timed; default 10. */
  readonly steps?: number;
  /** Default `kernel`. */
  readonly by?: ProfileKey;
}

/** The profile of one work. */
export interface BenchProfile extends Pick<BenchRow, 'work' | 'engine' | 'precision' | 'threads' | 'depth' | 'batch'> {
  readonly steps: number;
  /** Milliseconds of a step with its batch, on average: what the rows add up to. */
  readonly ms: number;
  /** The same of steps that were not profiled. */
  readonly plainMs: number;
  readonly rows: readonly ProfileRow[];
}

/** Row of the batch: shuffle, augmentation, normalisation, upload. */
const PIPELINE = 'data pipeline';

/** Profiles each work on the started engine. */
export async function benchProfile(started: BenchEngine, options: BenchProfileOptions = {}): Promise<BenchProfile[]> {
  objectIn('benchProfile', 'the engine that was started, { engine, threads }', started, ['engine', 'threads']);
  const { engine, threads, precision = 'float32' } = started;
  knownKeys('bench: profile', options, ['work', 'depth', 'batch', 'steps', 'by', 'onProgress']);
  const { work: names = BENCH_WORKS, depth, batch, steps = 10, by = 'kernel', onProgress } = options;
  for (const [name, value] of Object.entries({ batch: batch ?? 1, steps })) integerIn(`bench: ${name}`, value, 1);
  if (!PROFILE_KEYS.includes(by)) throw refuse('profile: by', `one of ${PROFILE_KEYS.join(', ')}`, by);
  const profiles: BenchProfile[] = [];
  for (const [done, name] of names.entries()) {
    onProgress?.({ round: 1, rounds: 1, what: name, done, total: names.length });
    await new Promise((resolve) => setImmediate(resolve)); // lets Ctrl-C and a display have their turn
    const own = workOptions(name, { depth, batch });
    const work = benchWork(name, own);
    try {
      const measured = measure(work, steps);
      const rows = profileRows(measured.recordings, { by, beside: { [PIPELINE]: mean(measured.batchMs) } });
      const ms = rows.reduce((sum, row) => sum + row.ms, 0);
      const setting = { work: name, engine, precision, threads, ...own, steps };
      profiles.push({ ...setting, ms, plainMs: mean(measured.plainMs), rows });
    } finally {
      work.dispose();
    }
  }
  return profiles;
}

interface Measured {
  readonly recordings: KernelRecording[];
  /** Times of making, uploading and freeing a batch, of profiled steps. */
  readonly batchMs: number[];
  readonly plainMs: number[];
}

/** Steps come first that are not timed, plain and profiled: they make kernels, fill caches, and have JavaScript compiled. */
function measure(work: BenchWork, steps: number): Measured {
  const batches = work.batches();
  measureSteps(work, batches, WARM_UP_STEPS);
  return measureSteps(work, batches, steps);
}

function measureSteps(work: BenchWork, batches: Iterator<Batch, never>, steps: number): Measured {
  const measured: Measured = { recordings: [], batchMs: [], plainMs: [] };
  for (let i = 0; i < steps; i++) {
    measured.plainMs.push(stepOnNext(work, batches, (batch) => work.step(batch)));
    let stepMs = 0;
    const ms = stepOnNext(work, batches, (batch) => {
      const start = performance.now();
      measured.recordings.push(recordKernels(() => work.step(batch)));
      stepMs = performance.now() - start;
    });
    measured.batchMs.push(ms - stepMs);
  }
  return measured;
}

/** As training does it: makes a batch, uploads it, works on it, frees it. @returns milliseconds of all */
function stepOnNext({ task }: BenchWork, batches: Iterator<Batch, never>, step: (batch: TensorBatch) => void): number {
  const start = performance.now();
  const tensors = tensorBatch(task, batches.next().value);
  step(tensors);
  disposeBatch(tensors);
  return performance.now() - start;
}
