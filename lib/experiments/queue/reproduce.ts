/**
 * Trains the runs that plans name and the store lacks, teachers first, one after the other, or some together that have one teacher.
 * Each is locked while it is trained, so that several processes can fill one store; each is resumed where it was left, so that a
 * process may be killed at any moment.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { TrainingListener } from '../../training/events';
import { integerIn, knownKeys, objectsIn } from '../../util/check';
import type { LockHolder } from '../../util/lockFile.cjs';
import { interruptSignal, type StopSignal } from '../../util/stopSignal';
import type { DataOptions } from '../run/inputSource';
import { planName, type RunPlan, teachersOf } from '../runPlan';
import { type RunRecord, type RunStore, runStore } from '../store/runStore';
import { type MeasuredTeacher, measureGiven } from './measureGiven';
import { missing, unique } from './order';
import { claimRuns, type FailedRun, type RunEvent, trainClaimed } from './trainClaimed';

/** What happens while a store is filled: `left` are the runs that are not complete. */
export type ReproduceEvent = (RunEvent | WaitingRun | MeasuredTeacher) & { readonly left: number };

/** A run that another process trains, the first of those that are to be waited for. */
export interface WaitingRun {
  readonly kind: 'waiting';
  readonly plan: RunPlan;
  /** Undefined where it has just gone. */
  readonly holder?: LockHolder | undefined;
}

/** Options of `reproduce`. */
export interface ReproduceOptions extends DataOptions {
  /** Default the project's own. */
  readonly store?: RunStore | undefined;
  /** Told of each plan that begins, ends, fails or is waited for. */
  readonly onEvent?: ((event: ReproduceEvent) => void) | undefined;
  /** Listens to the training of a plan. */
  readonly listen?: ((plan: RunPlan) => TrainingListener) | undefined;
  readonly stop?: StopSignal | undefined;
  /** Waits for runs that other processes are training. Default true. */
  readonly wait?: boolean | undefined;
  /**
   * Up to so many runs take turns, a step each, where they have seed, images, settings and teachers in common: the teachers then see
   * each batch once for all of them. The results are the same, bit for bit, and come later one by one, sooner all in all. Default 1.
   */
  readonly together?: number | undefined;
}

/** What came of it. */
export interface Reproduced {
  /** Of the plans, in their order, those that are complete, each once. */
  readonly records: readonly RunRecord[];
  readonly failed: readonly FailedRun[];
  /** Whether it was stopped before the end. */
  readonly stopped: boolean;
}

const OPTIONS = ['store', 'onEvent', 'listen', 'stop', 'wait', 'together', 'download', 'dataFolder', 'data', 'onDataProgress'];
const POLL_MS = 2000;

/**
 * Fills a store. Teachers that are files are measured first. A run that fails is an event and passed over, with those that it was to teach.
 * @throws InputError for what is no list of plans, for an unknown option, for `together` below 1, and for a teacher's file of another network
 *   or of other classes than the images have
 * @example
 * ```ts
 * import { budgetNamed, experimentNamed, plansOf, reproduce } from 'iekd';
 *
 * const budget = budgetNamed('smoke');
 * const rows = experimentNamed('figure1b').rows(budget);
 * const { records, failed } = await reproduce(plansOf(rows, budget.seeds), {
 *   onEvent: ({ kind, plan, left }) => console.log(kind, plan.method.name, left),
 * });
 * ```
 */
export async function reproduce(plans: readonly RunPlan[], options: ReproduceOptions = {}): Promise<Reproduced> {
  objectsIn('reproduce', 'plans', plans, ['dataset', 'student', 'method', 'training']);
  knownKeys('reproduce', options, OPTIONS);
  const { store = runStore(), stop = interruptSignal(), wait = true, together = 1 } = options;
  const { onEvent, listen, download, dataFolder, data, onDataProgress } = options;
  integerIn('reproduce: together', together, 1);
  const place = { download, dataFolder, data, onDataProgress, stop };
  await measureGiven(plans, store, place, (event) => onEvent?.({ ...event, left: missing(plans, store).length }));
  const failures = new Map<string, FailedRun>();
  let saidToWait = false;
  while (!stop.stopped) {
    const open = missing(plans, store).filter((plan) => !isHopeless(plan, failures));
    const ready = open.filter((plan) => teachersOf(plan).every((teacher) => store.status(teacher) === 'trained'));
    const claimed = claimRuns(ready, store, together);
    const [first] = ready;
    let left = open.length;
    if (claimed.length > 0) {
      const emit = (event: RunEvent): void => {
        if (event.kind === 'failed') failures.set(planName(event.plan), event);
        if (event.kind !== 'begin') left--;
        onEvent?.({ ...event, left });
      };
      await trainClaimed(claimed, { ...place, store, listen, onEvent: emit });
      saidToWait = false;
    } else if (!wait || !first) break;
    else {
      // Others hold all that is ready; what they are done with, or leave behind, may be next.
      if (!saidToWait) onEvent?.({ kind: 'waiting', plan: first, holder: store.holder(first), left });
      saidToWait = true;
      await delay(POLL_MS);
    }
  }
  const records = unique(plans).flatMap((plan) => store.find(plan) ?? []);
  return { records, failed: [...failures.values()].map(({ plan, error }) => ({ plan, error })), stopped: stop.stopped };
}

/** Whether a plan, or one that is to teach it, has failed. */
function isHopeless(plan: RunPlan, failures: ReadonlyMap<string, unknown>): boolean {
  return failures.has(planName(plan)) || teachersOf(plan).some((teacher) => isHopeless(teacher, failures));
}
