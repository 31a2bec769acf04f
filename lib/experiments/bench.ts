/**
 * Speed of training, of an IE-FT step and of inference, beside PyTorch on the same machine. Rounds of ours and of the peer's
 * take turns, and medians are taken over rounds: a machine that slows down in between slows both.
 */
import { integerIn, knownKeys } from '../util/check';
import { findPeer, type Peer, type PeerRates, runPeer } from './benchPeer';
import { BENCH_WORKS, type BenchWork, type BenchWorkName, benchWork } from './benchWork';

export interface BenchOptions {
  /** Default: all. */
  readonly work?: readonly BenchWorkName[];
  /** Of the network that is trained, 6n + 2; default 20. */
  readonly depth?: number;
  /** Images a step; default 128. */
  readonly batch?: number;
  /** Timed steps of each work in a round, after two that are not; default 10. */
  readonly steps?: number;
  /** Default 2. */
  readonly rounds?: number;
  /** Whether to run PyTorch too, where it is; default true. */
  readonly peer?: boolean;
  readonly onProgress?: (progress: BenchProgress) => void;
}

/** The engine that was started before: it is named in the rows, its threads are given to the peer. */
export interface BenchEngine {
  readonly engine: string;
  readonly threads: number;
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

/** One line of the result. Rates are medians over rounds of the median step. */
export interface BenchRow {
  readonly work: BenchWorkName;
  readonly engine: string;
  readonly imagesPerSecond: number;
  /** By layout; absent when the peer did not run. */
  readonly peer?: PeerRates;
  /** Ours to PyTorch's channels_last. */
  readonly ratio?: number;
}

export interface BenchResult {
  readonly rows: readonly BenchRow[];
  /** The peer's version, or why it did not run. */
  readonly peer: string;
}

const KNOWN = ['work', 'depth', 'batch', 'steps', 'rounds', 'peer', 'onProgress'];

/** What one round gave: rates of ours and of the peer's, by work. */
interface Round {
  readonly ours: Readonly<Partial<Record<BenchWorkName, number>>>;
  readonly peer?: Readonly<Record<BenchWorkName, PeerRates>>;
}

type RoundSettings = Parameters<typeof runPeer>[1];

/** Measures on the started engine. */
export async function bench({ engine, threads }: BenchEngine, options: BenchOptions = {}): Promise<BenchResult> {
  knownKeys('bench', options, KNOWN);
  const { work = BENCH_WORKS, depth = 20, batch = 128, steps = 10, rounds: count = 2, peer = true, onProgress } = options;
  for (const [name, value] of Object.entries({ batch, steps, rounds: count })) integerIn(`bench: ${name}`, value, 1);
  const found = peer ? await findPeer() : { obstacle: 'not asked for' };
  const parts = work.length + ('python' in found ? 1 : 0);
  const works: BenchWork[] = [];
  const rounds: Round[] = [];
  try {
    for (const name of work) works.push(benchWork(name, { depth, batch }));
    while (rounds.length < count) {
      const before = rounds.length * parts;
      const tell = (part: number, what: string): void =>
        onProgress?.({ round: rounds.length + 1, rounds: count, what, done: before + part, total: count * parts });
      rounds.push(await measureRound(works, found, { depth, batch, steps, threads }, tell));
    }
  } finally {
    for (const one of works) one.dispose();
  }
  return { rows: work.map((name) => row(name, engine, rounds)), peer: 'python' in found ? found.version : found.obstacle };
}

async function measureRound(
  works: readonly BenchWork[],
  peer: Peer | { readonly obstacle: string },
  settings: RoundSettings,
  tell: (part: number, what: string) => void,
): Promise<Round> {
  const ours: Partial<Record<BenchWorkName, number>> = {};
  for (const [part, work] of works.entries()) {
    tell(part, work.name);
    ours[work.name] = settings.batch / medianStepSeconds(work, settings.steps);
    await new Promise((resolve) => setImmediate(resolve)); // lets Ctrl-C and a display have their turn
  }
  if (!('python' in peer)) return { ours };
  tell(works.length, peer.version);
  return { ours, peer: await runPeer(peer, settings) };
}

/** Two steps come first that are not timed: they compile kernels and fill caches. */
function medianStepSeconds(work: BenchWork, steps: number): number {
  for (let i = 0; i < 2; i++) work.step();
  const times = Array.from({ length: steps }, () => {
    const start = performance.now();
    work.step();
    return (performance.now() - start) / 1000;
  });
  return median(times);
}

function row(work: BenchWorkName, engine: string, rounds: readonly Round[]): BenchRow {
  const imagesPerSecond = tenths(median(rounds.map(({ ours }) => ours[work] ?? Number.NaN)));
  const theirs = rounds.flatMap(({ peer }) => (peer ? [peer[work]] : []));
  const layouts = Object.keys(theirs[0] ?? {});
  if (layouts.length === 0) return { work, engine, imagesPerSecond };
  const rates = layouts.map((layout) => [layout, tenths(median(theirs.map((rate) => rate[layout] ?? Number.NaN)))] as const);
  const peer: PeerRates = Object.fromEntries(rates);
  const against = peer.channels_last;
  return { work, engine, imagesPerSecond, peer, ...(against ? { ratio: Number((imagesPerSecond / against).toFixed(3)) } : {}) };
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}

const tenths = (rate: number): number => Math.round(rate * 10) / 10;
