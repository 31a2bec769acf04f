/**
 * How long a step would take on more threads than there are, from the times of all its pieces: regions are scheduled as the engine does
 * it, what lies between them is taken as it is. Assumed: a piece takes on any core what it takes here, with as much of the memory's
 * bandwidth; a region's wake and wait grow with the logarithm of the threads.
 */
import type { TimedCall } from '../../engine/types';
import { refusePhrase } from '../../util/check';
import { median } from '../../util/stats';
import { finishTime } from './pieceSchedule';

/** A step by one thread, cut for some number of workers. */
export interface RecordedStep {
  /** All of it. */
  readonly ns: number;
  readonly calls: readonly TimedCall[];
}

/** What a kernel takes in a step, in nanoseconds, all its calls together. */
export interface KernelPrediction {
  readonly kernel: string;
  readonly calls: number;
  readonly regions: number;
  /** By one thread at a time: before, between and after regions. */
  readonly serialNs: number;
  /** Of all regions, until the last piece is done. */
  readonly sharedNs: number;
  /** Of all regions, for the wake and the wait. */
  readonly waitNs: number;
  /** The sum of those three. */
  readonly ns: number;
}

/** What no kernel explains: JavaScript, and what the addon does between kernels. */
export const OUTSIDE = 'outside kernels';

/** All of them together. */
export const WHOLE_STEP = 'step';

/** @param pairNs of a region without work on two threads */
export function waitNs(workers: number, pairNs: number): number {
  return workers < 2 ? 0 : pairNs * Math.ceil(Math.log2(workers));
}

/**
 * @param steps of the same calls; of each time the median over the steps is taken
 * @param pairNs as for `waitNs`
 * @returns kernels, the slowest first, and the time outside of them
 * @throws InputError on no step, and on steps that differ in their calls
 */
export function predictStep(steps: readonly RecordedStep[], pairNs: number): KernelPrediction[] {
  const [first] = steps;
  if (!first) throw refusePhrase('predictStep', 'at least one recorded step', 'none');
  if (steps.some(({ calls }) => !sameCalls(calls, first.calls))) {
    throw refusePhrase('predictStep', 'steps of the same calls', 'steps that differ');
  }
  const calls = first.calls.map((_, i) =>
    predictCall(
      steps.map((step) => step.calls[i] as TimedCall),
      pairNs,
    ),
  );
  const outsideNs = median(steps.map((step) => step.ns - sum(step.calls.map(({ ns }) => ns))));
  const kernels = [...new Set(calls.map(({ kernel }) => kernel))].map((kernel) =>
    together(calls.filter((call) => call.kernel === kernel)),
  );
  const outside = { kernel: OUTSIDE, calls: 1, regions: 0, serialNs: outsideNs, sharedNs: 0, waitNs: 0, ns: outsideNs };
  return [...kernels.sort((a, b) => b.ns - a.ns), outside];
}

/** One call, as it was in each of the steps. */
function predictCall(same: readonly TimedCall[], pairNs: number): KernelPrediction {
  const { kernel, regions } = same[0] as TimedCall;
  const serialNs = median(same.map((call) => call.serialNs));
  const sharedNs = sum(
    regions.map(({ pieces, workers }, r) =>
      finishTime(
        pieces.map((_, p) => median(same.map((call) => pieceOf(call, r, p)))),
        workers,
      ),
    ),
  );
  const wait = sum(regions.map(({ workers }) => waitNs(workers, pairNs)));
  return { kernel, calls: 1, regions: regions.length, serialNs, sharedNs, waitNs: wait, ns: serialNs + sharedNs + wait };
}

const pieceOf = ({ regions }: TimedCall, region: number, piece: number): number => regions[region]?.pieces[piece] ?? Number.NaN;

function together(calls: readonly KernelPrediction[]): KernelPrediction {
  const total = (key: Exclude<keyof KernelPrediction, 'kernel'>): number => sum(calls.map((call) => call[key]));
  const { kernel } = calls[0] as KernelPrediction;
  const [serialNs, sharedNs, wait] = [total('serialNs'), total('sharedNs'), total('waitNs')];
  return { kernel, calls: calls.length, regions: total('regions'), serialNs, sharedNs, waitNs: wait, ns: total('ns') };
}

function sameCalls(a: readonly TimedCall[], b: readonly TimedCall[]): boolean {
  return a.length === b.length && a.every((call, i) => sameCall(call, b[i] as TimedCall));
}

function sameCall(a: TimedCall, b: TimedCall): boolean {
  const sizes = ({ regions }: TimedCall): string => regions.map(({ workers, pieces }) => `${workers}×${pieces.length}`).join();
  return a.kernel === b.kernel && sizes(a) === sizes(b);
}

const sum = (values: ArrayLike<number>): number => {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] as number;
  return total;
};
