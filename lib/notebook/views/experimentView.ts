/** Runs of an experiment in a notebook: while they are trained, and as a table. */
import { type Budget, type BudgetName, budgetNamed } from '../../experiments/budgets';
import { missing } from '../../experiments/queue/order';
import { type Reproduced, type ReproduceOptions, reproduce } from '../../experiments/queue/reproduce';
import { planName, type RunPlan } from '../../experiments/runPlan';
import { runStore } from '../../experiments/store/runStore';
import { type TableText, tableCells, tableGroups } from '../../experiments/tables/tableText';
import type { TrainingListener } from '../../training/events';
import { STUDENT_STAGE } from '../../training/planStages';
import { createSlot, display, escapeHtml } from '../display/display';
import { progressBar } from '../display/progress';
import { showTable } from '../display/table';
import { liveTraining } from './liveTraining';

/**
 * The budget of a page. Where the environment variable IEKD_BUDGET names a budget, that one is used instead of `name`, so that a page
 * can be run in seconds without being changed.
 * @param name the page's own: `smoke`, `short`, `medium` or `paper`
 * @param changes values that replace those of the budget: the share of the paper's epochs, seeds, images, …
 * @throws InputError for another name, listing those there are
 */
export function pageBudget(name: BudgetName, changes: Partial<Omit<Budget, 'name'>> = {}): Budget {
  return budgetNamed(process.env['IEKD_BUDGET'] || name, changes);
}

/** No more than so many runs are drawn curve by curve; of more there is one bar. */
const MOST_DRAWN = 2;

/**
 * Trains the runs of the plans that the store does not have, and shows it: up to two runs with their curves, more as one bar.
 * @throws the error of the first run that failed, once the others are done
 */
export async function trainPlans(
  plans: readonly RunPlan[],
  options: Omit<ReproduceOptions, 'listen' | 'onEvent'> = {},
): Promise<Reproduced> {
  const { store = runStore() } = options;
  const wanted = missing(plans, store);
  const watch = wanted.length <= MOST_DRAWN ? drawn() : barOf(wanted);
  const result = await reproduce(plans, { ...options, store, ...watch });
  const [failure] = result.failed;
  if (failure) throw failure.error;
  return result;
}

type Watch = Pick<ReproduceOptions, 'listen' | 'onEvent'>;

const drawn = (): Watch => ({ listen: (plan) => liveTraining({ title: titleOf(plan) }) });

/** `resnet20 by ie-ft, seed 0` */
const titleOf = ({ student, method, seed = 0 }: RunPlan): string => `${student.name} by ${method.name}, seed ${seed}`;

/** One bar over all runs, in runs; within a run it moves on with the run's steps. */
function barOf(wanted: readonly RunPlan[]): Watch {
  const slot = createSlot();
  const bar = progressBar('runs', wanted.length, { unit: 'runs', slot });
  const done = new Set<string>();
  return {
    onEvent({ kind, plan }) {
      if (kind === 'done' || kind === 'failed') done.add(planName(plan));
      bar.update(done.size, { note: kind === 'waiting' ? `waiting for ${titleOf(plan)}` : titleOf(plan) });
      if (done.size === wanted.length) bar.finish();
    },
    listen: (plan): TrainingListener => {
      return (event) => {
        if (event.kind !== 'step') return;
        const stage = event.stage === STUDENT_STAGE ? '' : `${event.stage}, `; // the title says who is trained
        const note = `${titleOf(plan)}: ${stage}step ${event.done} of ${event.total}`;
        bar.update(done.size, { note });
      };
    },
  };
}

/** Shows a table of an experiment, a table each pair of networks, and its notes. */
export function showExperiment({ title, style, lines, notes }: TableText): void {
  for (const { group, lines: own } of tableGroups(lines)) {
    const rows = own.map((line) => tableCells(line, style));
    showTable(rows, { caption: `${title}. ${group}` });
  }
  const list = notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('');
  display({ 'text/html': `<ul style="font-size:.85em">${list}</ul>`, 'text/plain': notes.map((note) => `- ${note}`).join('\n') });
}
