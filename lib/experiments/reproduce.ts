/**
 * Trains the runs that plans name and the store lacks, teachers first, one after the other. Each is locked while it is trained, so
 * that several processes can fill one store; each is resumed where it was left, so that a process may be killed at any moment.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { interruptSignal, type StopSignal } from '../training/stop';
import type { TrainingListener } from '../training/types';
import { knownKeys } from '../util/check';
import { tryLock } from '../util/lock';
import { missing, unique } from './order';
import { planConfig, planFolder, planName, type RunPlan, teachersOf } from './plan';
import { runExperiment } from './run';
import type { InputOptions } from './runInputs';
import { lockPath, type RunRecord, type RunStore, recordOf, runStore } from './runStore';

/** A plan that could not be trained, and why. */
export interface Failure {
  readonly plan: RunPlan;
  readonly error: Error;
}

/** What is told while a store is filled. */
export type ReproduceEvent =
  | { readonly kind: 'begin' | 'waiting'; readonly plan: RunPlan; readonly left: number }
  | { readonly kind: 'done'; readonly plan: RunPlan; readonly left: number; readonly record: RunRecord }
  | ({ readonly kind: 'failed'; readonly left: number } & Failure);

export interface ReproduceOptions extends InputOptions {
  /** Default the project's own. */
  readonly store?: RunStore | undefined;
  readonly onEvent?: ((event: ReproduceEvent) => void) | undefined;
  /** Listens to the training of a plan. */
  readonly listen?: ((plan: RunPlan) => TrainingListener) | undefined;
  readonly stop?: StopSignal | undefined;
  /** Waits for runs that other processes are training. Default true. */
  readonly wait?: boolean | undefined;
}

/** What came of it. */
export interface Reproduced {
  /** Of the plans, in their order, those that are complete, each once. */
  readonly records: readonly RunRecord[];
  readonly failed: readonly Failure[];
  /** Whether it was stopped before the end. */
  readonly stopped: boolean;
}

const OPTIONS = ['store', 'onEvent', 'listen', 'stop', 'wait', 'download', 'onDataProgress'];
const POLL_MS = 2000;

/** Fills a store. A run that fails is told and passed over, with those that it was to teach. */
export async function reproduce(plans: readonly RunPlan[], options: ReproduceOptions = {}): Promise<Reproduced> {
  knownKeys('reproduce', options, OPTIONS);
  const { store = runStore(), stop = interruptSignal(), onEvent, wait = true } = options;
  const failures = new Map<string, Failure>();
  let told = false;
  while (!stop.stopped) {
    const open = missing(plans, store).filter((plan) => !isHopeless(plan, failures));
    const ready = open.filter((plan) => teachersOf(plan).every((teacher) => store.status(teacher) === 'trained'));
    const [first] = ready;
    if (await trainFirst(ready, open.length, { ...options, store, stop }, failures)) told = false;
    else if (!wait || !first) break;
    else {
      // Others hold all that is ready; what they are done with, or leave behind, may be next.
      if (!told) onEvent?.({ kind: 'waiting', plan: first, left: open.length });
      told = true;
      await delay(POLL_MS);
    }
  }
  const records = unique(plans).flatMap((plan) => store.record(plan) ?? []);
  return { records, failed: [...failures.values()], stopped: stop.stopped };
}

/** Whether a plan, or one that is to teach it, has failed. */
function isHopeless(plan: RunPlan, failures: ReadonlyMap<string, unknown>): boolean {
  return failures.has(planName(plan)) || teachersOf(plan).some((teacher) => isHopeless(teacher, failures));
}

type Filling = ReproduceOptions & { readonly store: RunStore; readonly stop: StopSignal };

/** Trains the first plan that no other process holds. @returns whether there was one */
async function trainFirst(
  plans: readonly RunPlan[],
  left: number,
  options: Filling,
  failures: Map<string, Failure>,
): Promise<boolean> {
  const { store, onEvent } = options;
  for (const plan of plans) {
    const lock = tryLock(lockPath(store.runs, plan));
    if (!lock) continue;
    try {
      if (store.status(plan) === 'trained') return true; // by another process, in the meantime
      onEvent?.({ kind: 'begin', plan, left });
      const record = await trainPlan(plan, options);
      if (record) onEvent?.({ kind: 'done', plan, left: left - 1, record });
    } catch (error) {
      const failure = { plan, error: error as Error };
      failures.set(planName(plan), failure);
      onEvent?.({ kind: 'failed', left: left - 1, ...failure });
    } finally {
      lock.release();
    }
    return true;
  }
  return false;
}

/** The record of a run that came to its end; undefined where it was stopped. */
async function trainPlan(
  plan: RunPlan,
  { store, listen, stop, download, onDataProgress }: Filling,
): Promise<RunRecord | undefined> {
  const listeners = listen ? [listen(plan)] : [];
  const options = { folder: planFolder(store.runs, plan), resume: true, listeners, stop, download, onDataProgress };
  const run = await runExperiment(planConfig(plan, store.weights), options);
  try {
    if (!run.report) return undefined;
    const record = recordOf(plan, run.report);
    store.write(record);
    return record;
  } finally {
    run.dispose();
  }
}
