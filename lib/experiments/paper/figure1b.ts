/** Figure 1(b): a small teacher and a large student. The paper's order, as a review of it tells: IE, then alone, then distilled. */
import type { Budget } from '../budgets';
import type { Experiment } from '../experiment';
import { ALONE, type MethodEntry, pairRows, pairsOf } from './pairRows';
import { FT_WEIGHT, factor, HALVES } from './recipes';

export const figure1b: Experiment = {
  name: 'figure1b',
  title: 'Can a large student learn from a small teacher?',
  place: 'Figure 1(b)',
  rows: (budget: Budget) => {
    const setting = { dataset: 'cifar10', budget };
    const factors = { ...factor(setting), feature: 'last' };
    const own = { teacher: { name: 'resnet20', shortcut: 'A' }, student: { name: 'resnet56', shortcut: 'A' } };
    const entries: readonly MethodEntry[] = [
      ALONE,
      { label: 'FT', method: { name: 'ft', ...factors, weight: FT_WEIGHT } },
      { label: 'IE-FT', method: { name: 'ie-ft', ...factors, ...HALVES }, first: true },
    ];
    return pairsOf(budget, [own]).flatMap((pair) => pairRows(setting, pair, entries));
  },
};
