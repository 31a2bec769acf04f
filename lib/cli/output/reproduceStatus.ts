/** The runs of an experiment on a terminal: a line for each row of its table, with the seeds side by side. */
import { type ExperimentRow, type PlannedRow, plannedRows } from '../../experiments/experiment';
import { isComplete, type PlanProgress } from '../../experiments/queue/experimentStatus';
import { planName, type RunPlan, withSeed } from '../../experiments/runPlan';
import { duration } from '../../util/text';
import { textTable } from './output';

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
  return `${[...first, ...groups].join('\n\n')}\n\n${leftLine(runs)}`;
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

/** `done`, `12 of 20` where it has begun, with the process that is at it; a dash for one not begun, nothing for none. */
function stateText(run: PlanProgress | undefined): string {
  if (!run) return '';
  if (isComplete(run)) return 'done';
  const { status, epoch, epochs, holder } = run;
  if (status === 'missing') return '–';
  return `${epoch} of ${epochs}${holder ? `, process ${holder.pid}` : ''}`;
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
  const count = (status: string): number => open.filter((run) => run.status === status).length;
  const parts = [`${runs.length - open.length} of ${runs.length} runs done`, `${count('running')} running`];
  const time = leftText(open);
  const sum = time === 'unknown' ? 'how long is known after the first epoch' : `${time} for one process`;
  return [...parts, `${open.length} to do${open.length > 0 ? `: ${sum}` : ''}`].join(', ');
}
