/** Runs that a process has claimed for itself, trained by themselves or in turns. */

import type { TrainingListener } from '../../training/events';
import { type RoundRobinSlot, roundRobin } from '../../training/roundRobin';
import type { Claim } from '../../util/claims';
import type { StopSignal } from '../../util/stopSignal';
import { type DataOptions, type InputSource, sharedInputs } from '../run/inputSource';
import { trainRun } from '../run/runExperiment';
import { planFolder, planRun, type RunPlan } from '../runPlan';
import { removeFailure, writeFailure } from '../store/failureFile';
import { type RunRecord, type RunStore, recordOf } from '../store/runStore';
import { lockstepRuns } from './lockstepRuns';

/** A plan that this process alone may train. */
export interface ClaimedRun {
  readonly plan: RunPlan;
  readonly claim: Claim;
}

/** A plan that could not be trained, and why. */
export interface FailedRun {
  readonly plan: RunPlan;
  readonly error: Error;
}

/** What becomes of a run. */
export type RunEvent =
  | { readonly kind: 'begin'; readonly plan: RunPlan }
  | { readonly kind: 'done'; readonly plan: RunPlan; readonly record: RunRecord }
  | ({ readonly kind: 'failed' } & FailedRun);

export interface TrainClaimedOptions extends DataOptions {
  readonly store: RunStore;
  readonly stop: StopSignal;
  readonly listen?: ((plan: RunPlan) => TrainingListener) | undefined;
  readonly onEvent: (event: RunEvent) => void;
}

/** Claims the first plan that no other process has, and up to `most` − 1 that can be trained in lockstep with it. */
export function claimRuns(plans: readonly RunPlan[], store: RunStore, most: number): ClaimedRun[] {
  const claimed: ClaimedRun[] = [];
  const claimSome = (some: readonly RunPlan[], until: number): void => {
    for (const plan of some) {
      const claim = claimed.length < until ? store.claim(plan) : undefined;
      if (claim) claimed.push({ plan, claim });
    }
  };
  claimSome(plans, 1);
  const [first] = claimed;
  if (first) claimSome(lockstepRuns(first.plan, plans), most);
  return claimed;
}

/** Trains what was claimed and releases it; several share images and teachers, and take turns. */
export async function trainClaimed(claimed: readonly ClaimedRun[], options: TrainClaimedOptions): Promise<void> {
  const places = claimed.length > 1 ? roundRobin(claimed.length) : [];
  const company = { source: sharedInputs(), size: claimed.length };
  const alone = async ({ plan, claim }: ClaimedRun, slot?: RoundRobinSlot): Promise<void> => {
    try {
      if (options.store.status(plan) === 'trained') return; // by another process, in the meantime
      removeFailure(planFolder(options.store.runs, plan));
      options.onEvent({ kind: 'begin', plan });
      const record = await trainPlan({ plan, claim }, options, slot ? { slot, ...company } : undefined);
      if (record) options.onEvent({ kind: 'done', plan, record });
    } catch (error) {
      writeFailure(planFolder(options.store.runs, plan), error as Error);
      options.onEvent({ kind: 'failed', plan, error: error as Error });
    } finally {
      slot?.leave();
      claim.release();
    }
  };
  await Promise.all(claimed.map((run, i) => alone(run, places[i])));
}

/** What a run has of the others that it takes turns with. */
interface Company {
  readonly slot: RoundRobinSlot;
  readonly source: InputSource;
  readonly size: number;
}

/** The record of a run that came to its end; undefined where it was stopped. */
async function trainPlan(
  { plan, claim }: ClaimedRun,
  { store, listen, stop, download, dataFolder, data, onDataProgress }: TrainClaimedOptions,
  company: Company | undefined,
): Promise<RunRecord | undefined> {
  const { slot, source, size } = company ?? {};
  const run = await trainRun(planRun(plan, store.weightsPath), {
    folder: planFolder(store.runs, plan),
    claim,
    resume: true,
    listeners: listen ? [listen(plan)] : [],
    stop,
    slot,
    source,
    download,
    dataFolder,
    data,
    onDataProgress,
  });
  try {
    if (!run.report) return undefined;
    const record = { ...recordOf(plan, run.report), ...(size === undefined ? {} : { together: size }) };
    store.save(record);
    return record;
  } finally {
    run.dispose();
  }
}
