/**
 * Tables 5 and 6 and what belongs to them: one choice of IE-FT changed at a time. The paper found half and half, L1 and weights of
 * 50 best, as a summary tells; the numbers are not at hand. The paper's own pair is ResNet-56 → ResNet-20.
 */
import type { MethodSpec } from '../../methods';
import type { Budget } from '../budgets';
import type { Experiment } from '../experiment';
import { ALONE, type MethodEntry, type Pair, pairRows, pairsOf } from './pairRows';
import { FT_WEIGHT, factor, HALVES } from './recipes';

/** One thing about IE-FT that is varied. */
interface Ablation extends Omit<Experiment, 'rows'> {
  /** Options by the label of their row, of `ie-ft` unless they name `ft`; an empty object is the default. */
  readonly variants: Readonly<Record<string, Variant>>;
}

interface Variant {
  readonly name?: keyof typeof DEFAULTS;
  readonly [option: string]: unknown;
}

const DEFAULTS = { 'ie-ft': HALVES, ft: { weight: FT_WEIGHT } } as const;

const ABLATIONS: readonly Ablation[] = [
  {
    name: 'ratio',
    title: 'Which share of the channels should inherit?',
    place: 'Table 5',
    variants: { '25 %': { ratio: 0.25 }, '50 %': {}, '75 %': { ratio: 0.75 } },
  },
  {
    name: 'distance',
    title: 'By which distance should factors be compared?',
    place: 'Table 6(a)',
    variants: {
      L1: {},
      L2: { distance: 'l2' },
      cosine: { distance: 'cosine' },
      'CKA (linear)': { distance: 'cka' },
      'CKA (RBF)': { distance: 'cka-rbf' },
    },
  },
  {
    name: 'weight',
    title: 'How strongly should the halves be pulled and pushed?',
    place: 'Table 6(b)',
    variants: {
      '1': weights(1),
      '10': weights(10),
      '50': {},
      '100': weights(100),
      '500': weights(500),
      'FT 50': { name: 'ft', weight: 50 },
      'inherit 500 / explore 50': { inherit: 500 },
      'inherit 500 / explore 0': { inherit: 500, explore: 0 },
      'explore falls to 0': { explore: { kind: 'cosine', base: 50 } },
    },
  },
  {
    name: 'split',
    title: 'Which channels inherit: the first half, or one drawn at random?',
    place: 'a choice of the released code',
    variants: { natural: {}, random: { split: 'random' } },
  },
  {
    name: 'parts',
    title: 'Inheritance, exploration, or both?',
    place: 'an ablation of the text',
    variants: {
      both: {},
      'inheritance only': { explore: 0 },
      'exploration only': { inherit: 0 },
    },
  },
];

function weights(value: number): { readonly inherit: number; readonly explore: number } {
  return { inherit: value, explore: value };
}

/** The ablations as experiments. Their rows are compared with the student alone; beside them stands FT, which knows of no halves. */
export const ablations: readonly Experiment[] = ABLATIONS.map(({ variants, ...about }) => ({
  ...about,
  rows: (budget: Budget) => {
    const { reduced } = budget;
    const setting = { dataset: 'cifar10', budget, ...(reduced ? { share: reduced.share } : {}) };
    const factors = { ...factor(setting), feature: 'last' };
    const method = ({ name = 'ie-ft', ...options }: Variant): MethodSpec => ({ name, ...factors, ...DEFAULTS[name], ...options });
    const ft: MethodEntry = { label: 'FT', method: method({ name: 'ft' }), first: true };
    const entries = Object.entries(variants).map(([label, options]): MethodEntry => ({ label, method: method(options) }));
    const all: readonly MethodEntry[] = [ALONE, ft, ...entries];
    return ablationPairs(budget).flatMap((pair) => pairRows(setting, pair, all));
  },
}));

function ablationPairs(budget: Budget): readonly Pair[] {
  const { teacher, student } = budget.reduced ?? { teacher: 'resnet56', student: 'resnet20' };
  return pairsOf(budget, [{ teacher: { name: teacher, shortcut: 'A' }, student: { name: student, shortcut: 'A' } }]);
}
