/** How far the runs of an experiment are: done, being trained (by whom), begun, or not, with the time that is left. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describeMachine } from '../../engine/start';
import { METRICS_FILE, readMetrics } from '../../training/metricsFile';
import { STUDENT_STAGE } from '../../training/planStages';
import type { LockHolder } from '../../util/lockFile.cjs';
import type { QueuedTask } from '../cluster/slurmQueue';
import type { Provenance } from '../run/runProvenance';
import { planFolder, planName, type RunPlan } from '../runPlan';
import type { Failure } from '../store/failureFile';
import type { RunStatus, RunStore } from '../store/runStore';
import { estimator, type Timed } from './estimate';
import { missing } from './order';

/** One run. */
export interface PlanProgress {
  readonly plan: RunPlan;
  readonly name: string;
  readonly status: RunStatus;
  /** Epochs done, of those of the student's stage. */
  readonly epoch: number;
  readonly epochs: number;
  readonly holder?: LockHolder;
  /** Where it is in a scheduler's queue. */
  readonly queued?: QueuedTask;
  /** Of one that failed, and was not begun again. */
  readonly failure?: Failure;
  /** What is left of it: at its own pace where it has begun, else at that of runs before; undefined where there were none. */
  readonly secondsLeft?: number;
}

/** Whether there is nothing left to do. */
export const isComplete = ({ status }: Pick<PlanProgress, 'status'>): boolean => status === 'trained' || status === 'recorded';

/** Every run of the plans, each once, in their order, after the teachers that are still to be trained and are not among them. @param queue of a scheduler, by names of runs */
export function planProgress(
  plans: readonly RunPlan[],
  store: RunStore,
  queue: ReadonlyMap<string, QueuedTask> = new Map(),
): PlanProgress[] {
  const asked = new Set(plans.map(planName));
  const teachers = missing(plans, store).filter((plan) => !asked.has(planName(plan)));
  const all = [...new Map([...teachers, ...plans].map((plan) => [planName(plan), plan])).values()];
  const found = all.map((plan) => ({ plan, status: store.status(plan), ...begun(planFolder(store.runs, plan)) }));
  const estimate = estimator([...timed(all, store), ...found.flatMap(extrapolated)]);
  return found.map((run) => {
    const { plan, status, epoch } = run;
    const { epochs } = plan.training;
    const holder = store.holder(plan);
    const done = { plan, name: planName(plan), status, epochs };
    if (isComplete(run)) return { ...done, epoch: epochs };
    const [queued, failure] = [queue.get(done.name), status === 'failed' ? store.failure(plan) : undefined];
    const about = { ...done, ...(holder ? { holder } : {}), ...(queued ? { queued } : {}), ...(failure ? { failure } : {}) };
    const whole = extrapolated(run)[0]?.seconds ?? estimate(plan);
    return { ...about, epoch, ...(whole === undefined ? {} : { secondsLeft: whole * (1 - epoch / epochs) }) };
  });
}

/** What the log of a run says: epochs of the student's stage, and their seconds. */
interface Begun {
  readonly epoch: number;
  readonly seconds: number;
}

function begun(folder: string): Begun {
  const path = join(folder, METRICS_FILE);
  const rows = existsSync(path) ? readMetrics(path) : [];
  const epochs = rows.filter(({ kind, stage }) => kind === 'epoch' && stage === STUDENT_STAGE);
  return { epoch: epochs.length, seconds: epochs.reduce((sum, { seconds }) => sum + Number(seconds), 0) };
}

/** A run that is not complete, as if it went on as it began; nothing before its first epoch. */
function extrapolated({ plan, epoch, seconds, ...run }: Begun & Pick<PlanProgress, 'plan' | 'status'>): Timed[] {
  return isComplete(run) || epoch === 0 ? [] : [{ plan, seconds: (seconds / epoch) * plan.training.epochs, here: true }];
}

/** Kept records and those of the plans. */
function timed(plans: readonly RunPlan[], store: RunStore): Timed[] {
  const records = new Set([...store.all(), ...plans.flatMap((plan) => store.find(plan) ?? [])]);
  const { cpu, cores } = describeMachine();
  const isHere = ({ machine }: Provenance): boolean => machine.cpu === cpu && machine.cores === cores;
  return [...records].map(({ config, seconds, provenance }) => ({ plan: config, seconds, here: isHere(provenance) }));
}
