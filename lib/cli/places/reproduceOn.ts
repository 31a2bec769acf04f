/** `iekd reproduce TABLE --on PLACE`: the runs that a table lacks, by Slurm, Kubernetes or several processes here. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { ClusterJob } from '../../experiments/cluster/clusterJob';
import type { RunPlan } from '../../experiments/runPlan';
import type { AskedExperiment } from '../options/experimentOptions';
import { UsageError } from '../options/usageError';
import { shownPath, writeNote, writeResult } from '../output/output';
import { stoppable } from '../output/stopping';
import { sameWords } from './sameWords';

/** Names of `--on`. */
export const PLACES = ['local', 'slurm', 'kubernetes'] as const;

/** Flags that say who trains. */
export interface ElsewhereFlags {
  readonly on?: (typeof PLACES)[number];
  readonly jobs: number;
  readonly slurm?: string;
  readonly kubernetes?: string;
  /** The name of a run. */
  readonly run?: string;
  readonly threads?: number;
  readonly json?: boolean;
}

const PROGRAM = join(__dirname, '..', '..', '..', 'bin', 'iekd.cjs');

/** Only the run of a name, or the teacher of one. */
export async function chosenRun(plans: readonly RunPlan[], name: string | undefined): Promise<readonly RunPlan[]> {
  if (name === undefined) return plans;
  const { planName } = await import('../../experiments/runPlan.js');
  const { withTeachers } = await import('../../experiments/queue/order.js');
  const run = withTeachers(plans).find((plan) => planName(plan) === name);
  if (!run) throw new UsageError(`--run: expected the name of a run of these rows and seeds, received ${JSON.stringify(name)}`);
  return [run];
}

/** What another process is not told: it shows nothing of its own, and a cluster's runs are chosen by `--run`. */
const OWN_FLAGS = ['on', 'jobs', 'slurm', 'kubernetes', 'run', 'keep', 'keepWeights', 'json', 'status', 'runs', 'results'];

/** Writes what a cluster is told of the runs that are missing; Slurm is told it. */
export async function handOver(
  { experiment, store }: AskedExperiment,
  plans: readonly RunPlan[],
  flags: ElsewhereFlags,
  command: Command,
): Promise<void> {
  const { missing } = await import('../../experiments/queue/order.js');
  const open = missing(plans, store);
  if (open.length === 0) return writeNote(`all ${plans.length} runs are complete`);
  const words = ['reproduce', experiment.name, ...sameWords(command, OWN_FLAGS)];
  const job = (program: readonly string[], runs: string, results: string): ClusterJob => ({
    name: experiment.name,
    plans: open,
    command: [...program, ...words, '--runs', runs, '--results', results],
    directory: process.cwd(),
  });
  const { toKubernetes, toSlurm } = await import('./clusters.js');
  if (flags.on === 'slurm') {
    const here = job([process.execPath, PROGRAM], store.runs, store.results);
    const done = await toSlurm(store.runs, here, flags.slurm);
    return writeResult({ json: done, text: shownPath(done.folder) }, flags.json);
  }
  const there = job(['iekd'], 'runs', 'results');
  const done = await toKubernetes(store.runs, there, flags.kubernetes);
  writeResult({ json: done, text: shownPath(join(done.folder, 'job.json')) }, flags.json);
}

/** Several processes train what is missing; the table is then shown as if it had been one. */
export async function fillByProcesses(
  { experiment, store }: AskedExperiment,
  { jobs, threads }: ElsewhereFlags,
  command: Command,
): Promise<void> {
  const { localProcesses } = await import('./localProcesses.js');
  const words = [PROGRAM, '--quiet', 'reproduce', experiment.name, ...sameWords(command, OWN_FLAGS)];
  const own = threads === undefined ? ['--threads', String(Math.max(1, Math.floor(availableParallelism() / jobs)))] : [];
  const place = ['--runs', store.runs, '--results', store.results];
  await stoppable((stop) => localProcesses(jobs, [...words, ...own, ...place], { stop, onLine: writeNote }));
}
