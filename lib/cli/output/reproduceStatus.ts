/** The runs of an experiment on a terminal: a line for each row of its table, with the seeds side by side. */
import { hostname } from 'node:os';
import { type ExperimentRow, type PlannedRow, plannedRows } from '../../experiments/experiment';
import { isComplete, type PlanProgress } from '../../experiments/queue/experimentStatus';
import { planName, type RunPlan, withSeed } from '../../experiments/runPlan';
import { duration, printable } from '../../util/text';
import { fittedText, textTable } from './output';

type Cells = Record<string, string>;

/** A table a group, teachers of rows that were not asked for before them, and a line with the sum. */
export function statusText(rows: readonly ExperimentRow[], seeds: readonly number[], runs: readonly PlanProgress[]): string {
  const byName = new Map(runs.map((run) => [run.name, run]));
  const planned = plannedRows(rows);
  const shown = new Set(planned.flatMap((row) => plansIn(row, seeds).map(planName)));
  const others = runs.filter(({ name }) => !shown.has(name));
  const teachers = others.map((run) => cells(run.plan.student.name, [[run.plan.seed ?? 0, run]], seeds));
  const groups = [...new Set(planned.map(({ group }) => group))].map((group) => {
    const given = rows.filter((row) => row.group === group && row.given).map(({ label }) => givenCells(label, seeds));
    const trained = planned
      .filter((row) => row.group === group)
      .map((row) => cells(row.label, runsOf(row, seeds, byName), seeds));
    const lines = [...given, ...trained];
    return textTable(lines, { caption: group });
  });
  const first = teachers.length > 0 ? [textTable(teachers, { caption: 'Teachers to be trained first' })] : [];
  const failed = failures(runs);
  const told = failed.length > 0 ? [failed.join('\n')] : [];
  return [...first, ...groups, ...told, leftLine(runs)].join('\n\n');
}

/** A teacher has its one seed. */
const plansIn = ({ plan, teacher }: PlannedRow, seeds: readonly number[]): readonly RunPlan[] =>
  teacher ? [plan] : seeds.map((seed) => withSeed(plan, seed));

type SeedRun = readonly [seed: number, run: PlanProgress];

function runsOf(row: PlannedRow, seeds: readonly number[], byName: ReadonlyMap<string, PlanProgress>): SeedRun[] {
  return plansIn(row, seeds).flatMap((plan) => {
    const run = byName.get(planName(plan));
    return run ? [[plan.seed ?? 0, run]] : [];
  });
}

function cells(row: string, runs: readonly SeedRun[], seeds: readonly number[]): Cells {
  const all = [...new Set([...seeds, ...runs.map(([seed]) => seed)])];
  const texts = all.map((seed) => [`seed ${seed}`, stateText(runs.find(([own]) => own === seed)?.[1])]);
  return { row, ...Object.fromEntries(texts), left: leftText(runs.map(([, run]) => run)) };
}

/** A teacher that is a file. */
const givenCells = (row: string, seeds: readonly number[]): Cells => ({
  ...cells(row, [], seeds),
  [`seed ${seeds[0]}`]: 'given',
});

/**
 * `done`, `12 of 20` where it has begun, with the process that is at it and where; `queued` for one that a scheduler will begin; a dash for one
 * not begun, nothing for none.
 */
function stateText(run: PlanProgress | undefined): string {
  if (!run) return '';
  if (isComplete(run)) return 'done';
  const { status, epoch, epochs, holder, queued } = run;
  if (holder)
    return `${epoch} of ${epochs}, process ${holder.pid}${holder.host === hostname() ? '' : ` on ${printable(holder.host)}`}`;
  const waits = queued?.state === 'PENDING' ? 'queued' : queued && printable(queued.state.toLowerCase());
  if (status === 'failed') return waits ?? 'failed';
  if (status === 'missing') return waits ?? '–';
  return `${epoch} of ${epochs}${waits ? `, ${waits}` : ''}`;
}

function leftText(runs: readonly PlanProgress[]): string {
  const open = runs.filter((run) => !isComplete(run));
  const known = open.flatMap(({ secondsLeft }) => secondsLeft ?? []);
  if (open.length === 0) return '';
  if (known.length === 0) return 'unknown';
  return `${known.length < open.length ? 'over ' : ''}${duration(known.reduce((sum, seconds) => sum + seconds, 0))}`;
}

function leftLine(runs: readonly PlanProgress[]): string {
  const open = runs.filter((run) => !isComplete(run));
  const running = open.filter(({ status }) => status === 'running').length;
  const queued = open.filter((run) => run.status !== 'running' && run.queued).length;
  const failed = open.filter((run) => run.status === 'failed' && !run.queued).length;
  const some = [...(queued > 0 ? [`${queued} queued`] : []), ...(failed > 0 ? [`${failed} failed`] : [])];
  const parts = [`${runs.length - open.length} of ${runs.length} runs done`, `${running} running`, ...some];
  return [...parts, `${open.length} to do${open.length > 0 ? `: ${wholeText(open, running)}` : ''}`].join(', ');
}

/** How long all of it takes: `9 h 30 min for one process, 2 h 10 min for the 5 that are at it`. */
function wholeText(open: readonly PlanProgress[], running: number): string {
  const time = leftText(open);
  if (time === 'unknown') return 'how long is known after the first epoch';
  const known = open.flatMap(({ secondsLeft }) => secondsLeft ?? []);
  const [sum, longest] = [known.reduce((all, seconds) => all + seconds, 0), Math.max(...known)];
  const shared = running > 1 ? `, ${duration(Math.max(sum / running, longest))} for the ${running} that are at it` : '';
  return `${time} for one process${shared}`;
}

/** Why runs failed, a line each. */
function failures(runs: readonly PlanProgress[]): string[] {
  return runs.flatMap(({ name, failure }) =>
    failure ? [fittedText(`${name} failed: ${printable(failure.message)}`, '  ')] : [],
  );
}
