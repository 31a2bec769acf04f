/**
 * Every method of the library, and its form under inheritance and exploration, on the same networks, images, seeds and epochs: no table
 * of the paper, but the one of `notebooks/12-leaderboard.ipynb`. The weights are the methods' defaults; none was chosen by these test
 * images. First the measured pair, ResNet-56 → ResNet-20 on CIFAR-10; then the usual pairs of CIFAR-100, whose published numbers
 * stand beside them. Left out: methods that need several teachers, since one ResNet-56 is a night's work, and those that learn beside a
 * peer, which table 4 compares.
 */
import { buildMethod, describeMethods, type MethodRow, type MethodSpec } from '../../methods';
import type { NetworkSpec } from '../../models/types';
import type { Budget } from '../budgets';
import type { Experiment, ExperimentRow } from '../experiment';
import { ALONE, type MethodEntry, type Pair, pairRows, pairsOf } from './pairRows';
import { PUBLISHED_PAIRS, publishedErrors } from './publishedAccuracies';
import { encoderFit, type Setting } from './recipes';

/** Names as their papers write them; others are in capitals. */
const TITLES: Readonly<Record<string, string>> = {
  fitnet: 'FitNet',
  'tfkd-self': 'Tf-KD (self)',
  'tfkd-reg': 'Tf-KD (reg)',
  'born-again': 'Born-again',
  sum: 'KD + IE-AT',
  'logit-standard': 'KD of z-scores',
  simkd: 'SimKD',
};

/** Of the paper's epochs, where a budget has a smaller share for experiments of many rows; and of CIFAR-10's images. */
const MEASURED = { share: 6 / 160, train: 10_000 } as const;

export const leaderboard: Experiment = {
  name: 'leaderboard',
  title: 'Every method of the field, alone and under inheritance and exploration: which one teaches best?',
  place: 'no table of the paper',
  rows: (budget: Budget) => [...measuredRows(budget), ...publishedRows(budget)],
};

function measuredRows(budget: Budget): ExperimentRow[] {
  const { reduced, teacherShare } = budget;
  const small = reduced ? { share: MEASURED.share, studentImages: { name: 'cifar10', train: MEASURED.train } } : {};
  const setting: Setting = { dataset: 'cifar10', budget, teacherShare, ...small };
  const own: Pair = {
    teacher: { name: 'resnet56', shortcut: 'A' },
    student: { name: 'resnet20', shortcut: 'A' },
    images: 'CIFAR-10',
  };
  return pairsOf(budget, [own]).flatMap((pair) => pairRows(setting, pair, entries(setting)));
}

/** None on a budget with networks of its own: all pairs would be the same one. */
function publishedRows(budget: Budget): ExperimentRow[] {
  if (budget.networks) return [];
  const setting: Setting = { dataset: 'cifar100', budget, teacherShare: budget.teacherShare };
  const all = entries(setting);
  return PUBLISHED_PAIRS.flatMap((name) => pairRows(setting, pairNamed(name), all));
}

function pairNamed(name: string): Pair {
  const [teacher = '', student = ''] = name.split(' → ');
  return { teacher: asPublished(teacher), student: asPublished(student), images: 'CIFAR-100', published: publishedErrors(name) };
}

/** RepDistiller's VGGs halve their maps three times, its MobileNet v2 is half as wide. */
function asPublished(name: string): NetworkSpec {
  if (name.startsWith('vgg')) return { name, pools: 3 };
  return name === 'mobilenetv2' ? { name, width: 0.5 } : { name };
}

/** The student alone, then a row for each method of the library that has a teacher or needs none. */
function entries(setting: Setting): MethodEntry[] {
  const rows = describeMethods().filter(({ name, teachers, peers }) => name !== 'supervised' && teachers <= 1 && !peers);
  return [ALONE, ...rows.map((row) => entryOf(row, setting))];
}

function entryOf({ name, options }: MethodRow, setting: Setting): MethodEntry {
  const { epochs, learningRate } = encoderFit(setting);
  const method: MethodSpec = {
    name,
    ...('fit' in options ? { fit: { epochs, learningRate } } : {}),
    ...('pretrain' in options ? { pretrain: epochs } : {}),
  };
  return { label: titleOf(name), method, ...(buildMethod(method).ownKind ? { self: true } : {}) };
}

function titleOf(name: string): string {
  const [, prefix = '', own = name] = /^(ie-)?(.*)$/u.exec(name) ?? [];
  return prefix.toUpperCase() + (TITLES[own] ?? own.toUpperCase());
}
