/**
 * Every method of the library once, on a tiny budget of its own: no table of the paper. `methods` has those of
 * `notebooks/01-methods.ipynb`, whose results are kept; `more-methods` all others of the list, none of which was trained to a result.
 * A ResNet-8 learns from a ResNet-20 on 5,000 images of Fashion-MNIST; weights are the methods' defaults, nothing was tuned.
 */
import { buildMethod, describeMethods, type MethodSpec } from '../../methods';
import { TRAINING_DEFAULTS, type TrainingSettings } from '../../optim/trainingOptions';
import type { Budget } from '../budgets';
import type { Experiment, ExperimentRow } from '../experiment';
import { listOf, teacherEntry } from '../run/config';
import { type RunPlan, withSeed } from '../runPlan';
import { title } from './pairRows';
import { type PairTeacher, pairTeacher } from './pairTeacher';

const NETWORKS = { teacher: 'resnet20', student: 'resnet8' } as const;
/** Of a student all its stages together; the fit of a teacher's encoder, one epoch, comes on top. */
const EPOCHS = { own: { teacher: 5, student: 3 }, smoke: { teacher: 1, student: 2 } } as const;
const IMAGES = { name: 'fashion-mnist', train: 5000, test: 2000 } as const;
const PRETRAIN = { pretrain: 1 } as const;

const METHODS: readonly MethodSpec[] = [
  { name: 'supervised' },
  { name: 'kd' },
  { name: 'tfkd-reg' },
  { name: 'tfkd-self' },
  ...['', 'ie-'].flatMap((prefix): MethodSpec[] => [
    { name: `${prefix}fitnet` },
    { name: `${prefix}at` },
    { name: `${prefix}fsp`, ...PRETRAIN },
    { name: `${prefix}ft`, fit: { epochs: 1 } },
    { name: `${prefix}ab`, ...PRETRAIN },
    { name: `${prefix}od` },
    { name: `${prefix}feed` },
  ]),
  { name: 'dml' },
  { name: 'ie-dml' },
];

/** All others of the list, with short first stages where there are any. */
function otherMethods(): MethodSpec[] {
  const listed = new Set(METHODS.map(({ name }) => name));
  return describeMethods()
    .filter(({ name }) => !listed.has(name))
    .map(({ name, options }) => ({
      name,
      ...(Number(options['pretrain'] ?? 0) > 0 ? PRETRAIN : {}),
      ...('fit' in options ? { fit: { epochs: 1 } } : {}),
    }));
}

function rowsOf(methods: readonly MethodSpec[], budget: Budget): ExperimentRow[] {
  const { student, teacher } = NETWORKS;
  const group = `${title(teacher)} → ${title(student)}`;
  const epochs = budget.images ? EPOCHS.smoke : EPOCHS.own;
  const from = (name: string): RunPlan => plan(budget, name, { name: 'supervised' }, epochs.teacher);
  const first = pairTeacher(budget, from(teacher));
  const rows = methods.map((method): ExperimentRow => {
    const { teachers, peers, options, ownKind } = buildMethod(method);
    const pretrain = typeof options['pretrain'] === 'number' ? options['pretrain'] : 0;
    const beside = {
      ...(teachers > 0 ? severalOf(ownKind ? { teacher: from(student) } : first.entry, from(teacher), teachers) : {}),
      ...(peers ? { peers: [{ name: teacher }] } : {}),
    };
    const own = { ...plan(budget, student, method, epochs.student - pretrain), ...beside };
    return { group, label: method.name, plan: own, ...(method.name === 'supervised' ? { baseline: true } : {}) };
  });
  return [{ group, label: 'teacher', ...first.row, teacher: true }, ...rows];
}

export const everyMethod: Experiment = {
  name: 'methods',
  title: 'Every method once: does it run, and do what it says?',
  place: 'no table of the paper',
  rows: (budget) => rowsOf(METHODS, budget),
};

export const moreMethods: Experiment = {
  name: 'more-methods',
  title: 'The methods that came later, once: do they run, and do what they say?',
  place: 'no table of the paper',
  rows: (budget) => rowsOf([{ name: 'supervised' }, ...otherMethods()], budget),
};

/** One teacher, or as many as a method has, the others with seeds of their own. */
function severalOf(first: PairTeacher['entry'], plan: RunPlan, count: number): PairTeacher['entry'] {
  const others = Array.from({ length: count - 1 }, (_, i) => withSeed(plan, i + 1));
  return { ...first, ...teacherEntry([...listOf(first.teacher), ...others]) };
}

function plan({ images = IMAGES, batch = 128, precision }: Budget, name: string, method: MethodSpec, epochs: number): RunPlan {
  const learningRate = { kind: 'cosine', base: 0.1, warmUp: { epochs: 0.5 } } as const;
  const training: TrainingSettings = { ...TRAINING_DEFAULTS, epochs, batch, learningRate };
  return { dataset: images, student: { name }, method, training, ...(precision ? { precision } : {}), seed: 0 };
}
