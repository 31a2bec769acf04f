/**
 * CIFAR-100. None of the paper's numbers is at hand; the pairs are those of its released configurations. For comparison stand the
 * numbers that RepDistiller publishes: 240 epochs, last epoch, shortcut B, learning rate 0.05, so another recipe.
 */
import type { Budget } from '../budgets';
import type { Experiment } from '../experiment';
import { type Pair, pairRows, pairsOf, paperMethods } from './pairRows';
import { publishedErrors } from './publishedAccuracies';

/** Numbers for the rows that this table has; RepDistiller's FitNet and others have none here. */
function published(pair: string): NonNullable<Pair['published']> {
  const { teacher, alone, KD, AT, AB } = publishedErrors(pair);
  return Object.fromEntries(
    Object.entries({ teacher, alone, KD, AT, AB }).flatMap(([label, one]) => (one ? [[label, one]] : [])),
  );
}

const named = (name: string): { readonly name: string } => ({ name });
/** Shortcut A but for the students of depth 32, as in the configurations. */
const resnet = (depth: number, shortcut = 'A'): { readonly name: string; readonly shortcut: string } => ({
  name: `resnet${depth}`,
  shortcut,
});

const CIFAR100_PAIRS: readonly Pair[] = [
  { teacher: resnet(56), student: resnet(20), published: published('resnet56 → resnet20') },
  { teacher: resnet(110), student: resnet(20), published: published('resnet110 → resnet20') },
  { teacher: resnet(110), student: resnet(32, 'B'), published: published('resnet110 → resnet32') },
  { teacher: named('mobilenet'), student: resnet(32, 'B') },
  { teacher: named('wrn-28-10'), student: resnet(32, 'B') },
];

export const cifar100: Experiment = {
  name: 'cifar100',
  title: 'CIFAR-100: the same with a hundred classes, and larger teachers',
  place: 'the CIFAR-100 table',
  rows: (budget: Budget) => {
    const setting = { dataset: 'cifar100', budget, teacherShare: budget.teacherShare };
    return pairsOf(budget, CIFAR100_PAIRS).flatMap((pair) =>
      pairRows(setting, pair, paperMethods(setting, pair, { kd: { alpha: 0.9, temperature: 4 } })),
    );
  },
};
