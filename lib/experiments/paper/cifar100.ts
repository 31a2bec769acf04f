/**
 * CIFAR-100. None of the paper's numbers is at hand; the pairs are those of its released configurations. For comparison stand the
 * numbers that RepDistiller publishes: 240 epochs, last epoch, shortcut B, learning rate 0.05, so another recipe.
 */
import type { Budget } from '../budgets';
import type { Experiment, PublishedNumber } from '../experiment';
import { type Pair, pairRows, pairsOf, paperMethods } from './pairRows';

const SOURCE = 'RepDistiller, README (240 epochs)';

/** Its accuracies of teacher, student, KD, AT and AB. */
function published(...accuracies: readonly number[]): Readonly<Record<string, PublishedNumber>> {
  const labels = ['teacher', 'alone', 'KD', 'AT', 'AB'];
  const number = (accuracy: number): PublishedNumber => ({
    score: Number((100 - accuracy).toFixed(2)),
    mark: 'S',
    source: SOURCE,
  });
  return Object.fromEntries(accuracies.map((accuracy, i) => [labels[i], number(accuracy)]));
}

const named = (name: string): { readonly name: string } => ({ name });
/** Shortcut A but for the students of depth 32, as in the configurations. */
const resnet = (depth: number, shortcut = 'A'): { readonly name: string; readonly shortcut: string } => ({
  name: `resnet${depth}`,
  shortcut,
});

const CIFAR100_PAIRS: readonly Pair[] = [
  { teacher: resnet(56), student: resnet(20), published: published(72.34, 69.06, 70.66, 70.55, 69.47) },
  { teacher: resnet(110), student: resnet(20), published: published(74.31, 69.06, 70.67, 70.22, 69.53) },
  { teacher: resnet(110), student: resnet(32, 'B'), published: published(74.31, 71.14, 73.08, 72.31, 70.98) },
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
