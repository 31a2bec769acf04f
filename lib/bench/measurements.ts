/** What the bench measures, part by part: a round of one work, ours or the peer's, or the memory of one. */
import { start } from '../engine/start';
import type { EngineName, Precision } from '../engine/types';
import { median } from '../util/stats';
import { nextTurn } from '../util/stopSignal';
import { type BenchCase, comparedLayout } from './benchRow';
import { type BenchWork, type BenchWorkName, WARM_UP_STEPS } from './benchWork';
import { peakMemory } from './peakMemory';
import { layoutsOf, type Peer, peerPeakMemory, peerRates } from './pytorch';

/** Everything that is measured, as it goes into each part. */
export interface Plan {
  readonly engine: string;
  readonly precision: Precision;
  readonly steps: number;
  readonly rounds: number;
  readonly memory: boolean;
  readonly peer: Peer | undefined;
  readonly cases: readonly BenchCase[];
}

/** Something that is measured in one go. */
export interface Part {
  readonly round: number;
  readonly what: string;
  run(): Promise<void>;
}

/** In every round ours, then the peer's, case by case. */
export function speedParts(plan: Plan, works: ReadonlyMap<BenchWorkName, BenchWork>): Part[] {
  const { engine, steps, peer } = plan;
  const several = severalThreads(plan);
  const partsOf = (one: BenchCase, round: number): Part[] => {
    const ours = async (): Promise<void> => {
      if (several) await start({ engine: engine as EngineName, threads: one.threads });
      one.ours.push(one.batch / (await medianStepSeconds(works.get(one.work) as BenchWork, steps)));
    };
    const parts = [{ round, what: nameOf(one, several), run: ours }];
    if (!peer) return parts;
    const layouts = layoutsOf(one.work, plan.precision);
    const theirs = async (): Promise<void> => void one.theirs.push(await peerRates(peer, one.work, { ...plan, ...one }, layouts));
    return [...parts, { round, what: peer.version, run: theirs }];
  };
  const rounds = Array.from({ length: plan.rounds }, (_, i) => i + 1);
  return rounds.flatMap((round) => plan.cases.flatMap((one) => partsOf(one, round)));
}

/** Each case in processes of their own: ours, then the peer's in the layout that is compared with. */
export function memoryParts(plan: Plan): Part[] {
  if (!plan.memory) return [];
  const { peer, rounds: round } = plan;
  const several = severalThreads(plan);
  return plan.cases.map((one) => ({
    round,
    what: `memory of ${nameOf(one, several)}`,
    run: async () => {
      const { steps, engine, precision } = plan;
      const { work, threads, depth, batch } = one;
      one.peakMemoryMb = await peakMemory({ engine, threads, precision, work, depth, batch, steps });
      if (peer)
        one.peerPeakMemoryMb = await peerPeakMemory(peer, work, comparedLayout(one.theirs, precision), { ...plan, ...one });
    },
  }));
}

const severalThreads = ({ cases }: Plan): boolean => cases.some(({ threads }) => threads !== cases[0]?.threads);

const nameOf = ({ work, threads }: BenchCase, several: boolean): string => (several ? `${work}, threads: ${threads}` : work);

/**
 * The first steps are not timed: they make kernels, fill caches, and have JavaScript compiled. Between steps the event loop turns, as in
 * training: Ctrl-C, a display, and an engine that lets memory go then have their turn.
 */
async function medianStepSeconds(work: BenchWork, steps: number): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < WARM_UP_STEPS + steps; i++) {
    const begin = performance.now();
    work.step();
    times.push((performance.now() - begin) / 1000);
    await nextTurn();
  }
  return median(times.slice(WARM_UP_STEPS));
}
