/** `iekd reproduce table1`: trains what a table or figure of the paper lacks. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { KUBERNETES_SETTINGS } from '../../experiments/cluster/kubernetesOptions';
import type { Reproduced } from '../../experiments/queue/reproduce';
import type { DataOptions } from '../../experiments/run/inputSource';
import type { RunPlan } from '../../experiments/runPlan';
import { type RunRecord, WEIGHTS_FOLDER } from '../../experiments/store/runStore';
import type { TableText } from '../../experiments/tables/tableText';
import { type EngineFlags, engineOption, startEngine } from '../options/engineOptions';
import { type AskedExperiment, askedExperiment, type ExperimentFlags, experimentOptions } from '../options/experimentOptions';
import { integer, oneOf } from '../options/parsers';
import { type DataFolderFlags, type DownloadFlags, dataFolderOf, dataFolderOption, downloadOption } from '../options/runPlace';
import { experimentText } from '../output/experimentText';
import { fittedText, shownPath, textTable, writeNote, writeResult } from '../output/output';
import { dataProgress } from '../output/runResult';
import { beforeWork, failAfter, type Stoppable, stoppable } from '../output/stopping';
import { progressView } from '../output/terminalProgress';
import { chosenRun, type ElsewhereFlags, fillByProcesses, handOver, PLACES } from '../places/reproduceOn';

interface Flags extends ExperimentFlags, EngineFlags, DataFolderFlags, DownloadFlags, ElsewhereFlags {
  readonly status?: boolean;
  readonly keep?: boolean;
  readonly keepWeights?: boolean;
  readonly wait: boolean;
  readonly together?: number;
  readonly json?: boolean;
}

export function addReproduce(program: Command): void {
  const command = program
    .command('reproduce')
    .argument('[experiment]', 'table1, figure1b, …; without one they are listed')
    .description('Train what a table or figure of the paper lacks; what is there is never trained again.');
  downloadOption(dataFolderOption(experimentOptions(command)))
    .option('--status', 'only show what is done, running and left')
    .option('--keep', 'add the results to those that git keeps')
    .option('--keep-weights', 'add the results, and the last weights of the students that are trained here')
    .option('--no-wait', 'end where only runs are left that other processes are training')
    .option('--together <n>', 'up to so many runs take turns where they learn the same images from one teacher', integer(1))
    .addOption(oneOf('--on <place>', 'who trains: processes here, or a cluster that shares the folder of runs', PLACES))
    .option('--jobs <n>', 'processes of --on local', integer(1), 2)
    .option('--slurm <options>', 'for sbatch: "--partition=gpu --time=4:00:00"')
    .option('--kubernetes <settings>', `"image=NAME claim=NAME", and of ${KUBERNETES_SETTINGS.slice(2).join(', ')}`)
    .option('--run <name>', 'only this run, as a scheduler names it')
    .addOption(engineOption().env('IEKD_ENGINE'))
    .option('--threads <n>', 'threads of the engine; default: all cores', integer(1))
    .option('--json', 'the runs as JSON')
    .addHelpText(
      'after',
      `
Ctrl-C and SIGTERM stop after the step and save; a killed process loses at most
a minute. The same command goes on. Several processes may work on one
experiment: none trains what another one is training. With --together a teacher
sees each batch once for all who take turns: their results are the same bits,
later one by one, sooner all in all.

--on slurm writes job arrays, one run a task, and submits them, students after
their teachers; what is preempted goes on from its checkpoint. --on kubernetes
writes an indexed Job, to be applied by hand.

Examples:
  iekd reproduce table1 --status
  iekd reproduce table1 --budget short --seeds 3 --groups 1
  iekd reproduce table1 --rows alone,FT,IE-FT --keep
  iekd reproduce table1 --groups 1 --together 5   one teacher pass for all
  iekd reproduce weight --budget smoke            seconds: everything runs
  iekd reproduce table1 --teacher resnet56=resnet56-4bfd9763.th
  iekd reproduce table1 --on local --jobs 4
  iekd reproduce table1 --on slurm --slurm "--partition=gpu --time=4:00:00"
  iekd reproduce table1 --on kubernetes --kubernetes "image=iekd claim=store"`,
    )
    .action(run);
}

async function run(name: string | undefined, flags: Flags, command: Command): Promise<void> {
  if (name === undefined) return listExperiments(flags);
  const asked = await askedExperiment(name, flags);
  const { plansOf } = await import('../../experiments/queue/order.js');
  const plans = await chosenRun(plansOf(asked.rows, asked.budget.seeds), flags.run);
  if (flags.status) return showStatus(asked, plans, flags);
  if (flags.on === 'slurm' || flags.on === 'kubernetes') return handOver(asked, plans, flags, command);
  if (flags.on === 'local') await fillByProcesses(asked, flags, command);
  const { value, signal } = await fill(plans, asked, flags);
  if (!value) return failAfter(signal);
  const { failed, stopped, records } = value;
  if (flags.keep || flags.keepWeights) keep(asked, records, flags);
  const { interruptSignal } = await import('../../util/stopSignal.js');
  const { runText } = await import('../output/reproduceProgress.js');
  const failures = failed.map(({ plan, error }) => ({ run: runText(plan), message: error.message }));
  const missed = failures.length > 0 ? `; failed: ${failures.map(({ run: one }) => one).join('; ')}` : '';
  const sum = fittedText(`${records.length} of ${plans.length} runs are complete${missed}.`);
  const text = flags.run === undefined ? `${await experimentText(await tableOfAsked(asked))}\n\n${sum}` : sum;
  writeResult({ json: { complete: records.length, of: plans.length, failed: failures, stopped }, text }, flags.json);
  if (stopped) writeNote(`stopped: ${interruptSignal().reason ?? 'asked to'}; to go on: the same command`);
  if (failures.length > 0 || stopped) await failAfter(signal);
}

/** The table of the rows that were asked for, of what is there by now. */
async function tableOfAsked({ experiment, budget, rows, store }: AskedExperiment): Promise<TableText> {
  const { tableOf } = await import('../../experiments/tables/buildTable.js');
  return tableOf(experiment, budget, { store, rows });
}

async function listExperiments({ json }: Flags): Promise<void> {
  const { EXPERIMENTS } = await import('../../experiments/paper/index.js');
  const rows = EXPERIMENTS.map(({ name, place, title }) => ({ experiment: name, place, question: title }));
  writeResult({ json: rows, text: textTable(rows) }, json);
}

async function fill(
  plans: readonly RunPlan[],
  { store }: AskedExperiment,
  { wait, together = 1, download = false, precision = plans[0]?.precision, engine, threads, ...flags }: Flags,
): Promise<Stoppable<Reproduced>> {
  const { missing } = await import('../../experiments/queue/order.js');
  const { reproduce } = await import('../../experiments/queue/reproduce.js');
  const { reproduceProgress } = await import('../output/reproduceProgress.js');
  const view = progressView();
  const data = { download, ...dataFolderOf(flags), onDataProgress: dataProgress(view) };
  const asEngine = { ...(engine ? { engine } : {}), ...(threads ? { threads } : {}), ...(precision ? { precision } : {}) };
  return stoppable(async (stop) => {
    await beforeWork('reproduce', stop, () => startEngine(asEngine));
    await checkData(missing(plans, store), { ...data, stop });
    return reproduce(plans, { store, wait, stop, together, ...data, ...reproduceProgress(view, together > 1) });
  }).finally(() => view.end());
}

/** Loads what the runs read: where it is not there, a sentence says so once, not for every run. */
async function checkData(plans: readonly RunPlan[], how: DataOptions): Promise<void> {
  const { OWN_INPUTS } = await import('../../experiments/run/inputSource.js');
  const sets = new Map(plans.map(({ dataset }) => [JSON.stringify(dataset), dataset]));
  for (const dataset of sets.values()) await OWN_INPUTS.dataset(dataset, how);
}

function keep({ experiment, store }: AskedExperiment, records: readonly RunRecord[], { keepWeights }: Flags): void {
  const added = store.publish(experiment.name, records, { weights: keepWeights ?? false });
  writeNote(`${added.records} added to ${shownPath(join(store.results, `${experiment.name}.jsonl`))}`);
  if (keepWeights) writeNote(`${added.weights} added to ${shownPath(join(store.results, WEIGHTS_FOLDER))}`);
}

async function showStatus({ rows, budget, store }: AskedExperiment, plans: readonly RunPlan[], { json }: Flags): Promise<void> {
  const { planProgress } = await import('../../experiments/queue/experimentStatus.js');
  const { statusText } = await import('../output/reproduceStatus.js');
  const { slurmQueue } = await import('../../experiments/cluster/slurmQueue.js');
  const runs = planProgress(plans, store, slurmQueue(store.runs));
  writeResult({ json: runs, text: statusText(rows, budget.seeds, runs) }, json);
}
