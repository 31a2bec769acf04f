/** `iekd reproduce table1`: trains what a table or figure of the paper lacks. */
import type { Command } from 'commander';
import type { RunPlan } from '../../experiments/plan';
import type { RunProgress } from '../../experiments/progress';
import type { Reproduced, ReproduceEvent } from '../../experiments/reproduce';
import type { RunRecord } from '../../experiments/runStore';
import { duration } from '../../notebook/progress';
import { integer } from '../arguments';
import { type EngineFlags, startEngine } from '../engineOptions';
import { type AskedExperiment, askedExperiment, type ExperimentFlags, experimentOptions } from '../experimentOptions';
import { textTable, writeNote, writeResult } from '../output';
import { type ProgressView, progressView } from '../progress';
import { percent, trainingProgress } from '../trainingProgress';

interface Flags extends ExperimentFlags, EngineFlags {
  readonly status?: boolean;
  readonly keep?: boolean;
  readonly wait: boolean;
  readonly download?: boolean;
  readonly json?: boolean;
}

export function addReproduce(program: Command): void {
  const command = program
    .command('reproduce')
    .argument('[experiment]', 'table1, figure1b, …; without one they are listed')
    .description('Train what a table or figure of the paper lacks; what is there is never trained again.');
  experimentOptions(command)
    .option('--status', 'only show what is done, running and left')
    .option('--keep', 'add the results to data/results, which git keeps')
    .option('--no-wait', 'end where only runs are left that other processes are training')
    .option('--download', 'fetch the data set when it is not here')
    .option('--engine <name>', 'which engine computes; default: the best one that runs here')
    .option('--threads <n>', 'threads of the engine; default: all cores', integer(1))
    .option('--json', 'the runs as JSON')
    .addHelpText(
      'after',
      `
Ctrl-C stops after the step, with a checkpoint; a killed process loses at most a minute. The same command goes on. Several
processes may work on one experiment: none trains what another one is training.

Examples:
  iekd reproduce table1 --status
  iekd reproduce table1 --budget short --seeds 3 --groups 1
  iekd reproduce table1 --rows alone,FT,IE-FT --keep
  iekd reproduce weight --budget smoke              seconds: shows that everything runs`,
    )
    .action(run);
}

async function run(name: string | undefined, flags: Flags): Promise<void> {
  if (name === undefined) return listExperiments(flags);
  const asked = await askedExperiment(name, flags);
  const { plansOf } = await import('../../experiments/reproduce.js');
  const plans = plansOf(asked.rows, asked.budget.seeds);
  if (flags.status) return showStatus(plans, flags);
  const { precision = asked.budget.precision, engine, threads } = flags;
  await startEngine({ ...(engine ? { engine } : {}), ...(threads ? { threads } : {}), ...(precision ? { precision } : {}) });
  const result = await fill(plans, flags);
  if (flags.keep) await keep(asked, result.records);
  for (const { error } of result.failed) writeNote(`failed: ${error.message.split('\n')[0]}`);
  const { failed, stopped, records } = result;
  const text = `${records.length} of ${plans.length} runs are complete; iekd table ${name} --budget ${asked.budget.name} shows them`;
  writeResult({ json: { complete: records.length, of: plans.length, failed: failed.length, stopped }, text }, flags.json);
  if (failed.length > 0 || stopped) process.exitCode = 1;
}

async function listExperiments({ json }: Flags): Promise<void> {
  const { EXPERIMENTS } = await import('../../experiments/paper/index.js');
  const rows = EXPERIMENTS.map(({ name, place, title }) => ({ experiment: name, place, question: title }));
  writeResult({ json: rows, text: textTable(rows) }, json);
}

async function fill(plans: readonly RunPlan[], { wait, download = false }: Flags): Promise<Reproduced> {
  const { interruptSignal, stopOnInterrupt } = await import('../../training/stop.js');
  const { reproduce } = await import('../../experiments/reproduce.js');
  const view = progressView();
  const release = stopOnInterrupt();
  try {
    const stop = interruptSignal();
    return await reproduce(plans, { wait, download, stop, listen: () => trainingProgress(view), onEvent: telling(view) });
  } finally {
    view.end();
    release();
  }
}

function telling(view: ProgressView): (event: ReproduceEvent) => void {
  return (event) => view.line(eventLine(event));
}

function eventLine(event: ReproduceEvent): string {
  const { method, student, seed = 0 } = event.plan;
  const what = `${student.name} by ${method.name}, seed ${seed}`;
  switch (event.kind) {
    case 'begin':
      return `\n${what} (${event.left} left)`;
    case 'waiting':
      return `waiting for ${what}, which another process is training`;
    case 'failed':
      return `failed: ${what}: ${event.error.message}`;
    case 'done':
      return `done: ${what}: ${accuracyOf(event.record)} in ${duration(event.record.seconds)}`;
  }
}

function accuracyOf({ last }: RunRecord): string {
  return (last?.evaluations ?? []).map(({ split, top1 }) => `${split} ${percent(top1)}`).join(', ');
}

async function keep({ experiment }: AskedExperiment, records: readonly RunRecord[]): Promise<void> {
  const { runStore } = await import('../../experiments/runStore.js');
  const added = runStore().keep(experiment.name, records);
  writeNote(`${added} added to data/results/${experiment.name}.jsonl`);
}

async function showStatus(plans: readonly RunPlan[], { json }: Flags): Promise<void> {
  const { runProgress } = await import('../../experiments/progress.js');
  const { runStore } = await import('../../experiments/runStore.js');
  const rows = runProgress(plans, runStore());
  const text = `${textTable(rows.map(statusRow), { mostRows: 1000 })}\n${leftLine(rows)}`;
  writeResult({ json: rows, text }, json);
}

function statusRow({ plan, status, epoch, epochs, holder, secondsLeft }: RunProgress): Record<string, string | number> {
  const { student, method, seed = 0 } = plan;
  return {
    ...{ student: student.name, method: method.name, seed, status: holder ? `${status} (process ${holder.pid})` : status },
    epochs: `${epoch} of ${epochs}`,
    left: status === 'trained' || status === 'recorded' ? '' : secondsLeft === undefined ? 'unknown' : duration(secondsLeft),
  };
}

function leftLine(rows: readonly RunProgress[]): string {
  const open = rows.filter(({ status }) => status !== 'trained' && status !== 'recorded');
  const known = open.flatMap(({ secondsLeft }) => secondsLeft ?? []);
  const total = known.length < open.length ? 'at least ' : '';
  const time = known.length > 0 ? `, ${total}${duration(known.reduce((sum, s) => sum + s, 0))} for one process` : '';
  return `${rows.length - open.length} of ${rows.length} complete, ${open.length} left${time}`;
}
