/**
 * How to explore, on the paper's own pair: forms of exploring over IE-FT, beside the student alone, FT and a half that inherits and
 * leaves the other alone. The paper's halves pull with a tenth of FT's weight; here all but its own row inherit with FT's. Not of the
 * paper; that its form is satisfied by the exploration half's encoder alone was measured (lib/methods/exploring/explorations.ts).
 */
import type { MethodSpec } from '../../methods';
import type { ExploreEpoch, ExploreOptions } from '../../methods/exploring/exploreOption';
import type { Schedule } from '../../optim/schedule';
import type { Budget } from '../budgets';
import type { Experiment } from '../experiment';
import { ALONE, type MethodEntry, pairRows, pairsOf } from './pairRows';
import { FT_WEIGHT, factor, HALVES, type Setting, studentPlan } from './recipes';

const PAIR = { teacher: { name: 'resnet56', shortcut: 'A' }, student: { name: 'resnet20', shortcut: 'A' } } as const;

/** CKA of unrelated halves on a batch is near 0; below this one the half is left to the labels. */
const FLOOR = 0.5;

/** Where the rate falls first; after half of the epochs where there are too few for that. */
function firstDrop(setting: Setting): ExploreEpoch {
  const { epochs, learningRate } = studentPlan(setting, PAIR.student, { name: 'supervised' }).training;
  return typeof learningRate === 'number' ? epochs / 2 : 'drop';
}

function entries(setting: Setting): MethodEntry[] {
  const factors = { ...factor(setting), feature: 'last' };
  const own = (label: string, explore: Schedule | ExploreOptions, inherit: number = FT_WEIGHT): MethodEntry => {
    const method: MethodSpec = { name: 'ie-ft', ...factors, ...HALVES, inherit, explore };
    return { label, method };
  };
  const { explore: weight } = HALVES;
  const from = firstDrop(setting);
  const fading = { kind: 'cosine', base: weight } as const;
  return [
    ALONE,
    { label: 'FT 500', method: { name: 'ft', ...factors, weight: FT_WEIGHT }, first: true },
    { ...own('half inherits 500/0', 0), first: true },
    { ...own('IE-FT 50/50', weight, HALVES.inherit), first: true },
    own('500/50 negated', { how: 'negate', weight }),
    own('500/50 reversed', { how: 'reversed', weight }),
    own('500/50 shared', { how: 'shared', weight }),
    own('500/1 cka', { how: 'cka', weight: 1, floor: FLOOR }),
    own('500/50 shared as a cosine', { how: 'shared', weight: fading }),
    own('500/50 shared after the drop', { how: 'shared', weight, from }),
    own('500/1 cka after the drop', { how: 'cka', weight: 1, floor: FLOOR, from }),
  ];
}

export const exploring: Experiment = {
  name: 'exploring',
  title: 'How to explore: what of it helps a student that inherits?',
  place: 'no table of the paper',
  rows(budget: Budget) {
    const setting = { dataset: 'cifar10', budget, teacherShare: budget.teacherShare };
    return pairsOf(budget, [PAIR]).flatMap((pair) => pairRows(setting, pair, entries(setting)));
  },
};
