/** Rows of the bench: the rates of all rounds become medians, beside the peer's, with the ratios to them. */
import type { Precision } from '../engine/types';
import { median } from '../util/stats';
import type { BenchWorkName } from './benchWork';
import { PEER_LAYOUTS, type PeerLayout, type PeerRates } from './pytorch';

/** One line of the result. Rates are images a second, medians over rounds of the median step. */
export interface BenchRow {
  readonly work: BenchWorkName;
  readonly engine: string;
  readonly precision: Precision;
  readonly threads: number;
  /** Of the network that is trained. */
  readonly depth: number;
  readonly batch: number;
  readonly imagesPerSecond: number;
  /** By layout; absent, as are the ratios, when the peer did not run. */
  readonly peer?: PeerRates;
  /** Ours to PyTorch's fastest layout of the same precision, which is bf16 autocast for bfloat16. */
  readonly ratio?: number;
  /** That layout; rows of before have none, which is channels_last. */
  readonly compared?: PeerLayout;
  /** Ours to PyTorch's default layout. */
  readonly ratioDefault?: number;
  /** Most memory, in MiB, that was resident in a process that does this work alone; absent when it was not asked for. */
  readonly peakMemoryMb?: number;
  /** The same of PyTorch, in the layout of `ratio`. */
  readonly peerPeakMemoryMb?: number;
}

/** How the rates of one work grow with threads. */
export interface ScalingRow {
  readonly work: BenchWorkName;
  readonly threads: string;
  /** Ours with the most threads, to ours with the fewest. */
  readonly ours: number;
  /** The peer's, by layout. */
  readonly peer?: PeerRates;
}

/** One work with a number of threads, and what was measured of it. */
export interface BenchCase {
  readonly work: BenchWorkName;
  readonly threads: number;
  readonly depth: number;
  readonly batch: number;
  /** By round. */
  readonly ours: number[];
  readonly theirs: PeerRates[];
  peakMemoryMb?: number;
  peerPeakMemoryMb?: number;
}

/** What all rows of one run have in common. */
export type BenchSetting = Pick<BenchRow, 'engine' | 'precision'>;

/** The layout that `ratio` compares with: the fastest that computes in the same precision. @param theirs by round */
export function comparedLayout(theirs: readonly PeerRates[], precision: Precision): PeerLayout {
  const same = PEER_LAYOUTS.filter((layout) => layout.endsWith('bf16') === (precision === 'bfloat16'));
  const rate = (layout: PeerLayout): number => median(theirs.map((rates) => rates[layout] ?? 0));
  return same.reduce((best, layout) => (rate(layout) > rate(best) ? layout : best));
}

/** The network that a work is about, for readers. */
export const workNetwork = (name: BenchWorkName, depth: number): string =>
  name.startsWith('ssd') ? `${name}-resnet${depth}` : `ResNet-${depth}`;

export function benchRow(measured: BenchCase, { engine, precision }: BenchSetting): BenchRow {
  const { work, threads, depth, batch, ours, theirs, peakMemoryMb, peerPeakMemoryMb } = measured;
  const imagesPerSecond = tenths(median(ours));
  const ratioTo = (rate: number): number => Number((imagesPerSecond / rate).toFixed(3));
  const [first] = theirs;
  const peer = first && byLayout(first, (layout) => tenths(median(theirs.map((rates) => rateOf(rates, layout)))));
  const compared = comparedLayout(theirs, precision);
  return {
    ...{ work, engine, precision, threads, depth, batch, imagesPerSecond },
    ...(peer ? { peer, ratio: ratioTo(rateOf(peer, compared)), compared, ratioDefault: ratioTo(rateOf(peer, 'default')) } : {}),
    ...(peakMemoryMb === undefined ? {} : { peakMemoryMb }),
    ...(peerPeakMemoryMb === undefined ? {} : { peerPeakMemoryMb }),
  };
}

/** For each work, the rates with the most threads by those with the fewest. */
export function scalingRows(rows: readonly BenchRow[]): ScalingRow[] {
  return [...new Set(rows.map(({ work }) => work))].flatMap((work) => {
    const sorted = rows.filter((row) => row.work === work).sort((a, b) => a.threads - b.threads);
    const [few, many] = [sorted[0], sorted.at(-1)];
    if (!few || !many || few === many) return [];
    const growth = (from: number, to: number): number => Number((to / from).toFixed(3));
    const [fewer, more] = [few.peer, many.peer];
    return {
      ...{ work, threads: `${few.threads} → ${many.threads}`, ours: growth(few.imagesPerSecond, many.imagesPerSecond) },
      ...(fewer && more ? { peer: byLayout(more, (layout) => growth(rateOf(fewer, layout), rateOf(more, layout))) } : {}),
    };
  });
}

/** @param rates that have the layouts */
const byLayout = (rates: PeerRates, value: (layout: PeerLayout) => number): PeerRates =>
  Object.fromEntries(PEER_LAYOUTS.filter((layout) => layout in rates).map((layout) => [layout, value(layout)]));

const rateOf = (rates: PeerRates, layout: PeerLayout): number => rates[layout] ?? Number.NaN;

const tenths = (rate: number): number => Math.round(rate * 10) / 10;
