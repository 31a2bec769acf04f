/**
 * Rows of the classification tables: a teacher, the student alone, and the student by each method. Options that the methods'
 * defaults do not have already are those of the paper's released configurations; OD's weight is the one its author advises for
 * networks as small as these (github.com/clovaai/overhaul-distillation, issue 13), where its usual 0.001 ends below the baseline.
 * FT pulls ten times as strongly as IE-FT: a row of this project's own has FT's weight on the inheritance half, to tell that apart
 * from what exploring does.
 */
import { buildMethod, type MethodSpec } from '../../methods';
import type { FeatureOption } from '../../methods/parts/featureSelection';
import type { NetworkSpec } from '../../models/types';
import type { Budget } from '../budgets';
import type { ExperimentRow, PublishedNumber } from '../experiment';
import type { RunPlan } from '../runPlan';
import { type PairTeacher, pairTeacher } from './pairTeacher';
import { encoderFit, FT_WEIGHT, factor, HALVES, type Setting, studentPlan } from './recipes';

/** A teacher and a student. */
export interface Pair {
  readonly teacher: NetworkSpec;
  readonly student: NetworkSpec;
  /** The images' title before the pair's, where a table has the same pair on several. */
  readonly images?: string;
  /** What FT compares, where the last maps of both are of different sizes. */
  readonly feature?: FeatureOption;
  /** Numbers of others by the label of their row; one without a row gets a line of its own. */
  readonly published?: Readonly<Record<string, PublishedNumber>>;
}

/** A method as a row. */
export interface MethodEntry extends Pick<ExperimentRow, 'label' | 'first' | 'baseline'> {
  readonly method: MethodSpec;
  /** Its teacher is an earlier copy of the student. */
  readonly self?: true;
}

/** What depends on the data set. */
export interface MethodChoices {
  /** KD's α and T. */
  readonly kd: { readonly alpha: number; readonly temperature: number };
}

/** The pairs of an experiment, or those that a budget puts in their place: its small teacher, or each of its files, with its small student. */
export function pairsOf({ networks, teachers = {} }: Budget, pairs: readonly Pair[]): readonly Pair[] {
  if (!networks) return pairs;
  const files = Object.keys(teachers);
  const names = files.length > 0 ? files : [networks.teacher];
  return names.map((name) => ({ teacher: { name }, student: { name: networks.student } }));
}

/** `ResNet-56 → ResNet-20` */
const groupName = ({ images, teacher, student }: Pair): string =>
  `${images === undefined ? '' : `${images}, `}${title(teacher.name)} → ${title(student.name)}`;

/** As papers write it: `resnet20` is `ResNet-20`, `wrn-16-2` is `WRN-16-2`. */
export function title(name: string): string {
  const known = { resnet: 'ResNet-', vgg: 'VGG-', wrn: 'WRN', mobilenet: 'MobileNet', shufflenet: 'ShuffleNet' };
  for (const [prefix, text] of Object.entries(known)) {
    if (name.startsWith(prefix)) return text + name.slice(prefix.length);
  }
  return name;
}

/** All rows of a pair: its teacher, which a run trains or a file holds, then the entries, then published numbers that no row has. */
export function pairRows(setting: Setting, pair: Pair, entries: readonly MethodEntry[]): ExperimentRow[] {
  const { published = {} } = pair;
  const group = groupName(pair);
  const supervised = { name: 'supervised' };
  const { budget, dataset, studentImages = dataset, teacherShare = budget.share } = setting;
  const teacher = pairTeacher(budget, studentPlan({ ...setting, share: teacherShare }, pair.teacher, supervised));
  const taught = { ...setting, dataset: studentImages };
  const alone = studentPlan(taught, pair.student, supervised);
  const plan = ({ method, self }: MethodEntry): RunPlan =>
    studentPlan(taught, pair.student, method, teacherFor(method, self ? { teacher: alone } : teacher.entry));
  const note = (label: string): Pick<ExperimentRow, 'published'> => (published[label] ? { published: published[label] } : {});
  const labels = ['teacher', ...entries.map(({ label }) => label)];
  return [
    { group, label: 'teacher', ...teacher.row, teacher: true, ...note('teacher') },
    ...entries.map((entry): ExperimentRow => {
      const { method: _, self: __, ...about } = entry;
      return { group, ...about, plan: plan(entry), ...note(entry.label) };
    }),
    ...Object.keys(published).flatMap((label) => (labels.includes(label) ? [] : [{ group, label, ...note(label) }])),
  ];
}

/** Methods without a teacher have none. */
export const teacherFor = (method: MethodSpec, entry: PairTeacher['entry']): PairTeacher['entry'] =>
  buildMethod(method).teachers > 0 ? entry : {};

/** The student by itself, which the others are compared with. */
export const ALONE: MethodEntry = { label: 'alone', method: { name: 'supervised' }, first: true, baseline: true };

/** The methods of the paper's tables, in their order. */
export function paperMethods(setting: Setting, pair: Pair, { kd }: MethodChoices): MethodEntry[] {
  const factors = { ...factor(setting), feature: pair.feature ?? 'last' };
  return [
    ALONE,
    { label: 'KD', method: { name: 'kd', ...kd } },
    { label: 'AT', method: { name: 'at', weight: 1000 } },
    { label: 'FT', method: { name: 'ft', ...factors, weight: FT_WEIGHT }, first: true },
    { label: 'AB', method: { name: 'ab', pretrain: encoderFit(setting).epochs, weight: 0.003 } },
    { label: 'OD', method: { name: 'od', weight: 1e-4 } },
    { label: 'Tf-KD (self)', method: { name: 'tfkd-self', alpha: 0.95, temperature: 6 }, self: true },
    { label: 'Tf-KD (reg)', method: { name: 'tfkd-reg', alpha: 0.1, temperature: 20 } },
    { label: 'IE-AT', method: { name: 'ie-at', floor: 0.01, ...HALVES } },
    { label: 'IE-FT', method: { name: 'ie-ft', ...factors, ...HALVES }, first: true },
    { label: 'IE-FT 500', method: { name: 'ie-ft', ...factors, ...HALVES, inherit: FT_WEIGHT } },
    { label: 'IE-OD', method: { name: 'ie-od', ...HALVES, inherit: 1e-4, explore: 1 } },
  ];
}
