/**
 * Table 4: two networks that learn from each other, without a teacher. The paper says that IE-DML is better; its numbers and its
 * exact loss are not at hand, so IE-DML here is the project's own definition (lib/methods/mutual.ts).
 */
import type { MethodSpec } from '../../methods';
import type { NetworkSpec } from '../../models/types';
import type { Budget } from '../budgets';
import type { Experiment, ExperimentRow } from '../experiment';
import type { RunPlan } from '../runPlan';
import { title } from './pairRows';
import { factor, HALVES, type Setting, studentPlan } from './recipes';

type Two = readonly [NetworkSpec, NetworkSpec];

const resnet = (depth: number): NetworkSpec => ({ name: `resnet${depth}`, shortcut: 'B' });

/** The table has the accuracy of the first; that of the second stands in the record of the run. */
const PAIRS: readonly Two[] = [
  [resnet(32), resnet(32)],
  [resnet(32), { name: 'mobilenet' }],
  [resnet(32), resnet(56)],
];

export const table4: Experiment = {
  name: 'table4',
  title: 'Mutual learning: does IE-DML improve on DML?',
  place: 'Table 4',
  rows: (budget: Budget) => {
    const { reduced, networks = reduced } = budget;
    const dataset = reduced ? 'cifar10' : 'cifar100';
    const setting = { dataset, budget, schedule: 'mutual', ...(reduced ? { share: reduced.share } : {}) } as const;
    const small: Two | undefined = networks && [{ name: networks.teacher }, { name: networks.teacher }];
    return (small ? [small] : PAIRS).flatMap((pair) => rowsOf(setting, pair));
  },
};

function rowsOf(setting: Setting, [student, peer]: Two): ExperimentRow[] {
  const group = `${title(student.name)} with ${title(peer.name)}`;
  const { fit: _, ...factors } = factor(setting);
  const plan = (method: MethodSpec): RunPlan =>
    studentPlan(setting, student, { ...method, kl: 1, updates: 'alternate' }, { peers: [peer] });
  return [
    { group, label: 'alone', plan: studentPlan(setting, student, { name: 'supervised' }), baseline: true },
    { group, label: 'DML', plan: plan({ name: 'dml' }), first: true },
    { group, label: 'IE-DML', plan: plan({ name: 'ie-dml', match: 'ft', ...factors, ...HALVES }), first: true },
  ];
}
