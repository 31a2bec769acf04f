/**
 * Speed and memory of training, of an IE-FT step and of inference, beside PyTorch on the same machine. Ours and the peer's take
 * turns work by work, and medians are taken over rounds: a machine that slows down in between slows both.
 */
import { start } from '../engine/start';
import type { EngineName, Precision } from '../engine/types';
import { integerIn, knownKeys, refusePhrase } from '../util/check';
import { type BenchCase, type BenchRow, benchRow } from './benchRow';
import { BENCH_WORKS, type BenchWork, type BenchWorkName, benchWork, workOptions } from './benchWork';
import { memoryParts, type Plan, speedParts } from './measurements';
import { findPeer } from './pytorch';

/** Options of `bench`. */
export interface BenchOptions {
  /** Default `supervised`, `ie-ft` and `inference`; the others are those of detectors, `ssd` and `ssd300`. */
  readonly work?: readonly BenchWorkName[];
  /** Of the network that is trained, 6n + 2; default 20, of `ssd` 8. SSD300's is a ResNet-18. */
  readonly depth?: number | undefined;
  /** Images a step; default 128, of `ssd` 16, of `ssd300` 4. */
  readonly batch?: number | undefined;
  /** Timed steps of each work in a round, after two that are not; default 10. */
  readonly steps?: number;
  /** Default 2. */
  readonly rounds?: number;
  /** Whether to run PyTorch too, where it is; default true. */
  readonly peer?: boolean;
  /** The Python that imports it; default the one with the newest. */
  readonly python?: string | undefined;
  /** Also the peak memory of each work, ours and the peer's, each in a process of its own; default false. */
  readonly memory?: boolean;
  /** With one thread, too, in turn with all of them; default false. */
  readonly scaling?: boolean;
  /** Told before each part. */
  readonly onProgress?: (progress: BenchProgress) => void;
}

/** The engine that was started before: it is named in the rows, its threads are given to the peer. */
export interface BenchEngine {
  readonly engine: string;
  readonly threads: number;
  /** Default float32. */
  readonly precision?: Precision;
}

/** What is being measured now. */
export interface BenchProgress {
  readonly round: number;
  readonly rounds: number;
  /** `supervised`, or the peer's version. */
  readonly what: string;
  /** Parts done and in all. */
  readonly done: number;
  readonly total: number;
}

export interface BenchResult {
  readonly rows: readonly BenchRow[];
  /** The peer's version, or why it did not run. */
  readonly peer: string;
}

const KNOWN = ['work', 'depth', 'batch', 'steps', 'rounds', 'peer', 'python', 'memory', 'scaling', 'onProgress'];

/** Measures on the started engine. */
export async function bench(
  { engine, threads, precision = 'float32' }: BenchEngine,
  options: BenchOptions = {},
): Promise<BenchResult> {
  knownKeys('bench', options, KNOWN);
  const { work = BENCH_WORKS, depth, batch, steps = 10, rounds = 2, memory = false, scaling = false } = options;
  for (const [name, value] of Object.entries({ batch: batch ?? 1, steps, rounds })) integerIn(`bench: ${name}`, value, 1);
  const counts = scaling ? scaledThreads(engine, threads) : [threads];
  const cases = work.flatMap((name) => {
    const own = workOptions(name, { depth, batch });
    return counts.map((count): BenchCase => ({ work: name, threads: count, ...own, ours: [], theirs: [] }));
  });
  const found = (options.peer ?? true) ? await findPeer(options.python) : { unavailable: 'not asked for' };
  const peer = 'python' in found ? found : undefined;
  const plan: Plan = { engine, precision, steps, rounds, memory, peer, cases };
  const works = new Map<BenchWorkName, BenchWork>();
  try {
    for (const name of work) works.set(name, benchWork(name, { depth, batch }));
    const parts = [...speedParts(plan, works), ...memoryParts(plan)];
    for (const [done, { round, what, run }] of parts.entries()) {
      options.onProgress?.({ round, rounds, what, done, total: parts.length });
      await run();
    }
  } finally {
    for (const one of works.values()) one.dispose();
    if (scaling) await start({ engine: engine as EngineName, threads });
  }
  return { rows: cases.map((one) => benchRow(one, plan)), peer: 'python' in found ? found.version : found.unavailable };
}

function scaledThreads(engine: string, threads: number): number[] {
  if (threads > 1) return [1, threads];
  throw refusePhrase('bench: scaling', 'an engine with several threads', `${engine} with one`);
}
