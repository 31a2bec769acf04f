/** What every scheduler is told: which runs, by which command line, where. */
import type { RunPlan } from '../runPlan';

/** Runs for a scheduler. */
export interface ClusterJob {
  /** Of the experiment; part of names of files and jobs: `table1`. */
  readonly name: string;
  /** What is still to be trained, a teacher before its students (`missing`). */
  readonly plans: readonly RunPlan[];
  /** The program with all that it is told, but for `--run NAME`: `iekd reproduce table1 --budget smoke`. */
  readonly command: readonly string[];
  /** The working directory that the paths of `command` start from. */
  readonly directory: string;
}
