/** Table 1: CIFAR-10. The pairs are inferred from the paper's released configurations; two of its numbers are known, second-hand. */
import type { Budget } from '../budgets';
import type { Experiment, PublishedNumber } from '../experiment';
import { type Pair, pairRows, pairsOf, paperMethods } from './pairRows';

const PAPER = 'IE-KD, Table 1, as a summary of the paper quotes it';
const quoted = (score: number): PublishedNumber => ({ score, mark: 'Q', source: PAPER });

/** Shortcut A, as in the paper's configurations for CIFAR-10. */
const resnet = (depth: number): { readonly name: string; readonly shortcut: string } => ({
  name: `resnet${depth}`,
  shortcut: 'A',
});

/** The first is the one whose numbers are known. */
const CIFAR10_PAIRS: readonly Pair[] = [
  {
    teacher: resnet(56),
    student: resnet(20),
    published: { alone: quoted(7.78), 'the best IE variant': quoted(6.53) },
  },
  { teacher: { name: 'wrn-40-1' }, student: resnet(20) },
  { teacher: { name: 'wrn-16-2' }, student: { name: 'wrn-16-1' } },
  { teacher: { name: 'wrn-46-4' }, student: { name: 'vgg13' }, feature: { teacher: 'last', student: 'stage3' } },
];

export const table1: Experiment = {
  name: 'table1',
  title: 'CIFAR-10: do inheritance and exploration help the methods that they are put over?',
  place: 'Table 1',
  rows: (budget: Budget) => {
    const setting = { dataset: 'cifar10', budget, teacherShare: budget.teacherShare };
    return pairsOf(budget, CIFAR10_PAIRS).flatMap((pair) =>
      pairRows(setting, pair, paperMethods(setting, pair, { kd: { alpha: 0.95, temperature: 20 } })),
    );
  },
};
