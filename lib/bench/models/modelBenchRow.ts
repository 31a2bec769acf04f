/** Rows of `iekd bench --models`: rates of all rounds become medians, beside the fastest of PyTorch's layouts and beside the machine's best. */
import type { Precision } from '../../engine/types';
import { median } from '../../util/stats';
import { doubtsOf, spreadOf } from './doubts';
import { samePrecision } from './peerModel';

/** One line of the result. Rates are images a second, medians over rounds of the median step: forward, backward, SGD. */
export interface ModelBenchRow {
  readonly network: string;
  readonly engine: string;
  readonly precision: Precision;
  readonly threads: number;
  readonly batch: number;
  /** Height and width of the images. */
  readonly size: number;
  readonly imagesPerSecond: number;
  /** (max − min) / median over rounds, as is the peer's; absent of one round. */
  readonly spread?: number;
  /** Trained values, and multiply-adds of a forward pass of one image; the twin's are the same. */
  readonly parameters: number;
  readonly multiplyAdds: number;
  /** Of products of matrices on the engine, in 10⁹ operations a second. */
  readonly peakGflops: number;
  /** What the training step's operations, thrice a forward pass's, are of it, in [0, 1] and above: Winograd's algorithm does fewer. */
  readonly ofPeak: number;
  /** What that peak would allow. */
  readonly peakImagesPerSecond: number;
  /** By layout. */
  readonly peer?: Readonly<Record<string, number>>;
  /** Ours to the fastest layout of our precision; absent where there is none, and where there are doubts. */
  readonly ratio?: number;
  /** That layout. */
  readonly compared?: string;
  readonly peerSpread?: number;
  /** Why the ratio is withheld, or would be. */
  readonly doubts?: readonly string[];
  /** Layouts that did not run, and why. */
  readonly failures?: Readonly<Record<string, string>>;
  /** Most memory, in MiB, that was resident in the process. */
  readonly peakMemoryMb: number;
  /** The same of a process of PyTorch that does nothing but these steps in the compared layout. */
  readonly peerPeakMemoryMb?: number;
}

/** One network, and what was measured of it. */
export interface ModelCase
  extends Pick<ModelBenchRow, 'network' | 'engine' | 'precision' | 'threads' | 'batch' | 'size' | 'parameters' | 'multiplyAdds'> {
  /** Images a second by round. */
  readonly ours: readonly number[];
  readonly theirs: Readonly<Record<string, readonly number[]>>;
  readonly failures: Readonly<Record<string, string>>;
  /** Operations a second. */
  readonly peak: number;
  readonly disturbance: number | undefined;
  readonly peakMemoryMb: number;
  readonly peerPeakMemoryMb?: number;
}

/** Operations of training by those of a forward pass: the gradients by filters and by maps take as many again, each. */
const PASSES = 3;

/** The fastest way of our precision. */
export function fastestWay({ theirs, precision }: Pick<ModelCase, 'theirs' | 'precision'>): string | undefined {
  const ways = Object.keys(theirs).filter((name) => samePrecision(name, precision) && theirs[name]?.length);
  const rate = (name: string): number => median(theirs[name] as number[]);
  return ways.sort((a, b) => rate(b) - rate(a))[0];
}

/** @param force whether the ratio is told in spite of doubts */
export function modelBenchRow(measured: ModelCase, force = false): ModelBenchRow {
  const { ours, theirs, failures, peak, disturbance, peakMemoryMb, peerPeakMemoryMb, ...setting } = measured;
  const rate = median(ours);
  const operations = 2 * PASSES * setting.multiplyAdds;
  const compared = fastestWay(measured);
  const names = Object.keys(theirs).filter((name) => theirs[name]?.length);
  return {
    ...{ ...setting, imagesPerSecond: tenths(rate) },
    ...given({ spread: hundredths(spreadOf(ours)) }),
    ...{ peakGflops: tenths(peak / 1e9), ofPeak: Number(((rate * operations) / peak).toFixed(3)) },
    peakImagesPerSecond: tenths(peak / operations),
    ...(names.length > 0
      ? { peer: Object.fromEntries(names.map((name) => [name, tenths(median(theirs[name] as number[]))])) }
      : {}),
    ...(compared === undefined ? {} : comparison(measured, compared, force)),
    ...(Object.keys(failures).length > 0 ? { failures } : {}),
    ...{ peakMemoryMb, ...given({ peerPeakMemoryMb }) },
  };
}

function comparison({ ours, theirs, disturbance }: ModelCase, compared: string, force: boolean): Partial<ModelBenchRow> {
  const rates = theirs[compared] as readonly number[];
  const doubts = doubtsOf({ ours, theirs: rates, peer: `PyTorch ${compared}`, disturbance });
  const ratio = Number((median(ours) / median(rates)).toFixed(3));
  return {
    ...(doubts.length === 0 || force ? { ratio } : {}),
    ...{ compared, ...given({ peerSpread: hundredths(spreadOf(rates)) }) },
    ...(doubts.length > 0 ? { doubts } : {}),
  };
}

const tenths = (value: number): number => Math.round(value * 10) / 10;
const hundredths = (value: number | undefined): number | undefined => value && Number(value.toFixed(3));

/** Without entries that are undefined. */
const given = (entries: Readonly<Record<string, number | undefined>>): Record<string, number> =>
  Object.fromEntries(Object.entries(entries).filter((entry): entry is [string, number] => entry[1] !== undefined));
