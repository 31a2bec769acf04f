/** What is known of a complete run, without its weights. */
import type { RunReport } from '../run/runReport';
import { planHash, type RunPlan, withoutFolders } from '../runPlan';

/** A complete run: its report under the name of its plan. */
export interface RunRecord extends Omit<RunReport, 'config'> {
  /** With the teachers' own plans. */
  readonly config: RunPlan;
  /** How many runs took turns in its process and shared their teacher's passes, which counts for its time; absent: it was by itself. */
  readonly together?: number;
}

/** The record that a run's report makes under the name of its plan. */
export function recordOf(plan: RunPlan, { config: _, ...report }: RunReport): RunRecord {
  return { ...report, hash: planHash(plan), config: withoutFolders(plan) };
}
