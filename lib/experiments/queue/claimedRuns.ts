/** Runs that a process has taken for itself, trained by themselves or in turns. */

import type { TrainingListener } from '../../training/events';
import { type RoundRobinSlot, roundRobin } from '../../training/roundRobin';
import { type Lock, tryLock } from '../../util/lockFile.cjs';
import type { StopSignal } from '../../util/stopSignal';
import { planConfig, planFolder, type RunPlan } from '../plan';
import { type DataOptions, type InputSource, sharedInputs } from '../run/inputSource';
import { runExperiment } from '../run/runExperiment';
import { lockPath, type RunRecord, type RunStore, recordOf } from '../store/runStore';
import { companions } from './lockstep';

/** A plan that this process alone may train. */
export interface TakenRun {
  readonly plan: RunPlan;
  readonly lock: Lock;
}

/** A plan that could not be trained, and why. */
export interface Failure {
  readonly plan: RunPlan;
  readonly error: Error;
}

/** What becomes of a run. */
export type RunNews =
  | { readonly kind: 'begin'; readonly plan: RunPlan }
  | { readonly kind: 'done'; readonly plan: RunPlan; readonly record: RunRecord }
  | ({ readonly kind: 'failed' } & Failure);

export interface TrainTakenOptions extends DataOptions {
  readonly store: RunStore;
  readonly stop: StopSignal;
  readonly listen?: ((plan: RunPlan) => TrainingListener) | undefined;
  readonly tell: (news: RunNews) => void;
}

/** Takes the first plan that no other process holds, and up to `most` − 1 that walk in step with it. */
export function takeRuns(plans: readonly RunPlan[], { runs }: RunStore, most: number): TakenRun[] {
  const taken: TakenRun[] = [];
  const takeSome = (some: readonly RunPlan[], until: number): void => {
    for (const plan of some) {
      const lock = taken.length < until ? tryLock(lockPath(runs, plan)) : undefined;
      if (lock) taken.push({ plan, lock });
    }
  };
  takeSome(plans, 1);
  const [first] = taken;
  if (first) takeSome(companions(first.plan, plans), most);
  return taken;
}

/** Trains what was taken and lets it go; several share images and teachers, and take turns. */
export async function trainTaken(taken: readonly TakenRun[], options: TrainTakenOptions): Promise<void> {
  const places = taken.length > 1 ? roundRobin(taken.length) : [];
  const company = { source: sharedInputs(), size: taken.length };
  const alone = async ({ plan, lock }: TakenRun, slot?: RoundRobinSlot): Promise<void> => {
    try {
      if (options.store.status(plan) === 'trained') return; // by another process, in the meantime
      options.tell({ kind: 'begin', plan });
      const record = await trainPlan(plan, options, slot ? { slot, ...company } : undefined);
      if (record) options.tell({ kind: 'done', plan, record });
    } catch (error) {
      options.tell({ kind: 'failed', plan, error: error as Error });
    } finally {
      slot?.leave();
      lock.release();
    }
  };
  await Promise.all(taken.map((run, i) => alone(run, places[i])));
}

/** What a run has of the others that it takes turns with. */
interface Company {
  readonly slot: RoundRobinSlot;
  readonly source: InputSource;
  readonly size: number;
}

/** The record of a run that came to its end; undefined where it was stopped. */
async function trainPlan(
  plan: RunPlan,
  { store, listen, stop, download, onDataProgress }: TrainTakenOptions,
  company: Company | undefined,
): Promise<RunRecord | undefined> {
  const { slot, source, size } = company ?? {};
  const run = await runExperiment(planConfig(plan, store.weights), {
    folder: planFolder(store.runs, plan),
    resume: true,
    listeners: listen ? [listen(plan)] : [],
    stop,
    slot,
    source,
    download,
    onDataProgress,
  });
  try {
    if (!run.report) return undefined;
    const record = { ...recordOf(plan, run.report), ...(size === undefined ? {} : { together: size }) };
    store.write(record);
    return record;
  } finally {
    run.dispose();
  }
}
