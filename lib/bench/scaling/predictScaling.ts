/** What more threads than there are would bring: steps are recorded piece by piece, and scheduled on them (stepPrediction.ts). */
import { availableParallelism } from 'node:os';
import { currentAbilities } from '../../engine/abilities';
import { start } from '../../engine/start';
import type { EngineName, PieceTimes, Precision } from '../../engine/types';
import { integerIn, knownKeys, refuse } from '../../util/check';
import { median } from '../../util/stats';
import { nextTurn } from '../../util/stopSignal';
import type { BenchEngine, BenchOptions } from '../bench';
import {
  BENCH_WORKS,
  type BenchWork,
  type BenchWorkName,
  benchWork,
  networkWork,
  WARM_UP_STEPS,
  workOptions,
} from '../benchWork';
import { type KernelPrediction, predictStep, type RecordedStep, WHOLE_STEP } from './stepPrediction';

/** Options of `predictScaling`. */
export interface PredictScalingOptions extends Pick<BenchOptions, 'depth' | 'batch' | 'onProgress'> {
  /** Default `supervised`, `ie-ft` and `inference`. */
  readonly work?: readonly BenchWorkName[];
  /** Training of these networks in the place of `work`. */
  readonly networks?: readonly string[];
  /** Default 4, 16 and 64. */
  readonly threads?: readonly number[];
  /** Recorded steps for each number of threads, after those that are not; default 3. */
  readonly steps?: number;
}

/** What a kernel, or a whole step, would take. */
export interface PredictionRow {
  /** Of a network by its name: `supervised`. */
  readonly work: BenchWorkName;
  readonly network: string;
  readonly engine: string;
  readonly precision: Precision;
  readonly batch: number;
  /** Measured here: nanoseconds that a region without work takes on two threads. */
  readonly pairNs: number;
  readonly threads: number;
  /** `step` for all of it, `outside kernels` for what none explains. */
  readonly kernel: string;
  readonly calls: number;
  /** Parallel regions. */
  readonly regions: number;
  /** Of a step: all of it, what one thread does alone, what regions take to begin and to end. */
  readonly ms: number;
  readonly serialMs: number;
  readonly waitMs: number;
  /** One thread's time by `threads` · `ms`: 1 is perfect. */
  readonly efficiency: number;
  /** What the step takes on that many threads in truth, where the machine has them. */
  readonly measuredMs?: number;
}

const DEFAULT_THREADS: readonly number[] = [4, 16, 64];
const KNOWN = ['work', 'networks', 'depth', 'batch', 'threads', 'steps', 'onProgress'];

/**
 * Predicts each work on the started engine; for a step on a busy machine, at real-time priority only.
 * @throws InputError on an engine that does not time its pieces, on names of no network and on numbers out of range
 */
export async function predictScaling(started: BenchEngine, options: PredictScalingOptions = {}): Promise<PredictionRow[]> {
  knownKeys('predictScaling', options, KNOWN);
  const { batch, threads = DEFAULT_THREADS, steps = 3, onProgress } = options;
  for (const [name, value] of Object.entries({ batch: batch ?? 1, steps })) integerIn(`predictScaling: ${name}`, value, 1);
  for (const count of threads) integerIn('predictScaling: threads', count, 1, 1024);
  const { pieceTimes } = currentAbilities();
  if (!pieceTimes) throw refuse('predictScaling', 'an engine that times its pieces, onednn', started.engine);
  const subjects = subjectsOf(options);
  const rows: PredictionRow[] = [];
  try {
    for (const [done, subject] of subjects.entries()) {
      onProgress?.({ round: 1, rounds: 1, what: subject.network, done, total: subjects.length });
      rows.push(...(await predicted(subject, { started, pieceTimes, threads, steps })));
    }
  } finally {
    await restart(started, started.threads);
  }
  return rows;
}

/** What is predicted. */
interface Subject {
  readonly work: BenchWorkName;
  readonly network: string;
  readonly batch: number;
  make(): BenchWork;
}

function subjectsOf({ work = BENCH_WORKS, networks, depth, batch }: PredictScalingOptions): Subject[] {
  const size = batch ?? 128;
  if (networks)
    return networks.map((network) => ({
      work: 'supervised',
      network,
      batch: size,
      make: () => networkWork({ name: network }, size),
    }));
  return work.map((name) => {
    const own = workOptions(name, { depth, batch });
    return { work: name, network: `resnet${own.depth}`, batch: own.batch, make: () => benchWork(name, own) };
  });
}

interface Manner {
  readonly started: BenchEngine;
  readonly pieceTimes: PieceTimes;
  readonly threads: readonly number[];
  readonly steps: number;
}

async function predicted(subject: Subject, { started, pieceTimes, threads, steps }: Manner): Promise<PredictionRow[]> {
  const pairNs = pieceTimes.regionNs();
  await restart(started, 1);
  const work = subject.make();
  try {
    for (let i = 0; i < WARM_UP_STEPS; i++) work.step();
    await nextTurn();
    const once = (count: number): KernelPrediction[] => predictStep(recordSteps(work, pieceTimes, { count, steps }), pairNs);
    const alone = once(1);
    const rows: PredictionRow[] = [];
    const { work: name, network, batch } = subject;
    const { engine, precision = 'float32' } = started;
    const setting = { work: name, network, engine, precision, batch, pairNs: Math.round(pairNs) };
    for (const count of threads) {
      const step = rowsOf(alone, count === 1 ? alone : once(count), count).map((row) => ({ ...setting, threads: count, ...row }));
      const measured = count <= availableParallelism() ? { measuredMs: await measuredMs(work, started, { count, steps }) } : {};
      rows.push(...step.map((row) => (row.kernel === WHOLE_STEP ? { ...row, ...measured } : row)));
    }
    return rows;
  } finally {
    work.dispose();
  }
}

interface Repetition {
  readonly count: number;
  readonly steps: number;
}

/** The first one is not taken: kernels are made for a number of threads. */
function recordSteps(work: BenchWork, pieceTimes: PieceTimes, { count, steps }: Repetition): RecordedStep[] {
  const ns: number[] = [];
  const calls = pieceTimes.record(count, steps + 1, () => {
    const begin = performance.now();
    work.step();
    ns.push((performance.now() - begin) * 1e6);
  });
  const recorded = calls.map((own, i): RecordedStep => ({ ns: ns[i] as number, calls: own }));
  return recorded.slice(1);
}

async function measuredMs(work: BenchWork, started: BenchEngine, { count, steps }: Repetition): Promise<number> {
  await restart(started, count);
  const times = Array.from({ length: steps + 1 }, () => {
    const begin = performance.now();
    work.step();
    return performance.now() - begin;
  });
  await restart(started, 1);
  return median(times.slice(1));
}

type OwnEntries = Omit<PredictionRow, 'work' | 'network' | 'engine' | 'precision' | 'batch' | 'pairNs' | 'threads'>;

/** The whole step, then its kernels, the slowest first. */
function rowsOf(alone: readonly KernelPrediction[], predictions: readonly KernelPrediction[], threads: number): OwnEntries[] {
  const nsAlone = new Map(alone.map(({ kernel, ns }) => [kernel, ns]));
  const row = ({ kernel, calls, regions, serialNs, waitNs, ns }: Omit<KernelPrediction, 'sharedNs'>): OwnEntries => ({
    ...{ kernel, calls, regions, ms: ns / 1e6, serialMs: serialNs / 1e6, waitMs: waitNs / 1e6 },
    efficiency: (nsAlone.get(kernel) ?? Number.NaN) / (threads * ns),
  });
  const total = (key: 'calls' | 'regions' | 'serialNs' | 'waitNs' | 'ns'): number =>
    predictions.reduce((sum, one) => sum + one[key], 0);
  nsAlone.set(
    WHOLE_STEP,
    [...nsAlone.values()].reduce((sum, ns) => sum + ns, 0),
  );
  const [serialNs, waitNs, ns] = [total('serialNs'), total('waitNs'), total('ns')];
  return [
    row({ kernel: WHOLE_STEP, calls: total('calls') - 1, regions: total('regions'), serialNs, waitNs, ns }),
    ...predictions.map(row),
  ];
}

const restart = ({ engine, precision }: BenchEngine, threads: number): Promise<unknown> =>
  start({ engine: engine as EngineName, threads, ...(precision ? { precision } : {}) });
