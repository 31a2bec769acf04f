/** How far the runs of an experiment are: done, being trained (by whom), begun, or not, with the time that is left. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { METRICS_FILE, readMetrics } from '../training/metrics';
import { STUDENT_STAGE } from '../training/stages';
import { type LockHolder, lockHolder } from '../util/lock';
import { estimateSeconds } from './estimate';
import { planFolder, planName, type RunPlan } from './plan';
import { missing } from './reproduce';
import { lockPath, type RunStatus, type RunStore } from './runStore';

/** One run. */
export interface RunProgress {
  readonly plan: RunPlan;
  readonly name: string;
  readonly status: RunStatus;
  /** Epochs done, of those of the student's stage. */
  readonly epoch: number;
  readonly epochs: number;
  readonly holder?: LockHolder;
  /** What is left of it, at the pace of runs before; undefined where there were none. */
  readonly secondsLeft?: number;
}

/** Every run of the plans, with the teachers that are still to be trained. */
export function runProgress(plans: readonly RunPlan[], store: RunStore): RunProgress[] {
  const records = store.kept();
  const known = plans.flatMap((plan) => store.record(plan) ?? []);
  const all = new Map([...missing(plans, store), ...plans].map((plan) => [planName(plan), plan]));
  return [...all].map(([name, plan]) => {
    const status = store.status(plan);
    const { epochs } = plan.training;
    const done = status === 'trained' || status === 'recorded';
    const epoch = done ? epochs : epochsDone(planFolder(store.runs, plan));
    const whole = done ? undefined : estimateSeconds(plan, [...records, ...known]);
    const holder = lockHolder(lockPath(store.runs, plan));
    return {
      ...{ plan, name, status, epoch, epochs },
      ...(holder ? { holder } : {}),
      ...(whole === undefined ? {} : { secondsLeft: whole * (1 - epoch / epochs) }),
    };
  });
}

function epochsDone(folder: string): number {
  const path = join(folder, METRICS_FILE);
  if (!existsSync(path)) return 0;
  return readMetrics(path).filter(({ kind, stage }) => kind === 'epoch' && stage === STUDENT_STAGE).length;
}
