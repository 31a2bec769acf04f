/**
 * Be your own teacher (Zhang et al. 2019): the student's deepest classifier teaches shallow ones, one after each stage before the last.
 *   loss = (1 − α) · (task + Σ_k cross-entropy_k) + α · T² · Σ_k KL(deepest at T ‖ k at T) + hint · Σ_k ‖F_k − F‖²
 * F is the deepest map, F_k what a bottleneck makes of stage k's (self/shallowBranch.ts); the deepest is a constant to the others. α = 0.1 and
 * T = 3 are those of a public code for CIFAR-100 (luanyunteng's); KL is summed over classes and averaged over the batch. ‖F_k − F‖² is summed
 * over the values of an image and averaged over images; that code sums over its batch of 128, too, with 1e-6, which is the default of 1.28e-4
 * here. The branches are trained with the student and left behind: the student that is measured and kept is the plain network.
 */
import { stopGradient } from '../../engine/detached';
import { tf } from '../../engine/tf';
import { Variables } from '../../engine/variables';
import type { FeatureInfo, ForwardResult } from '../../models/types';
import type { LossTerm } from '../../optim/objective';
import type { Task } from '../../tasks/types';
import { knownKeys, numberIn, positive } from '../../util/check';
import type { Distillation, DistillationStep } from '../distillation';
import type { Method, MethodContext } from '../method';
import { featureMaps } from '../parts/featureMaps';
import { noState } from '../parts/logitMethod';
import { softTargets, taskOf, taskTerms, weighed } from '../parts/taskTerms';
import { type ShallowBranch, shallowBranch, stageMaps } from './shallowBranch';

/** Options of `byot`. */
export interface ByotOptions {
  /** α, the share of the deepest classifier's answers, in [0, 1]; default 0.1. */
  readonly alpha?: number;
  /** T, above 0; default 3. */
  readonly temperature?: number;
  /** Of the distance of maps, ≥ 0; default 1.28e-4. */
  readonly hint?: number;
}

/** Names of the options of `byot`. */
export const BYOT_OPTIONS: readonly (keyof ByotOptions)[] = ['alpha', 'temperature', 'hint'];

const NAME = 'byot';

/**
 * Be your own teacher (Zhang et al. 2019), no teacher: the method `byot`; the student has two stages at least.
 *   loss = (1 − α) · cross-entropies of all classifiers + α · T² · KL of the shallow ones from the deepest + hint · distances of their maps
 * @throws InputError for unknown options and values out of their range; when bound, for a student whose maps do not halve to its last one, and
 * for a task without soft targets
 *
 * @example
 * ```ts
 * import { buildNetwork, byot, loadDataset, random, start, train } from 'iekd';
 * await start();
 * const data = await loadDataset('fashion-mnist', { train: 256, test: 64 });
 * const student = buildNetwork({ name: 'resnet8', input: [32, 32, 1] }, random(1));
 * await train({ student, method: byot(), data, training: { epochs: 1 } });
 * ```
 */
export function byot(options: ByotOptions = {}): Method {
  knownKeys(NAME, options, BYOT_OPTIONS);
  const settings = {
    alpha: numberIn(`${NAME}: alpha`, options.alpha ?? 0.1, 0, 1),
    temperature: positive(`${NAME}: temperature`, options.temperature ?? 3),
    hint: numberIn(`${NAME}: hint`, options.hint ?? 1.28e-4, 0),
  };
  return { name: NAME, options: settings, teachers: 0, build: (context) => bind(settings, context) };
}

function bind(settings: Required<ByotOptions>, context: MethodContext): Distillation {
  const { student, random } = context;
  const task = taskOf(context);
  task.check(NAME, student);
  softTargets(NAME, task);
  const maps = stageMaps(NAME, student);
  const last = maps.at(-1) as FeatureInfo;
  const branches = branchesOf(maps, (map) => shallowBranch(NAME, map, last, student.classes, random.child(map.name)));
  const names = maps.map(({ name }) => name);
  return {
    features: { teacher: [], student: names },
    teacherStages: [],
    variables: branches.reduce((all, { feature, variables }) => all.include(`${feature}.`, variables), new Variables()),
    ...noState(NAME),
    terms(step) {
      const found = featureMaps(step.student, names);
      const deepest = stopGradient(found.at(-1) as tf.Tensor4D);
      const shallow = branches.flatMap((branch, i) =>
        branchTerms(task, step, { ...branch.run(found[i] as tf.Tensor4D), branch, deepest }, settings),
      );
      return [...taskTerms(task, step, 1 - settings.alpha), ...shallow];
    },
    compare: () => [],
    dispose() {
      for (const { variables } of branches) variables.dispose();
    },
  };
}

/** One for each map but the last; where one is refused, those before it are disposed of. */
function branchesOf(maps: readonly FeatureInfo[], make: (map: FeatureInfo) => ShallowBranch): ShallowBranch[] {
  const branches: ShallowBranch[] = [];
  try {
    for (const map of maps.slice(0, -1)) branches.push(make(map));
    return branches;
  } catch (error) {
    for (const { variables } of branches) variables.dispose();
    throw error;
  }
}

interface RunBranch extends Pick<ForwardResult, 'logits'> {
  readonly branch: ShallowBranch;
  readonly map: tf.Tensor4D;
  /** A constant. */
  readonly deepest: tf.Tensor4D;
}

/** `stage1.task`, `stage1.kl` and `stage1.hint`. */
function branchTerms(
  task: Task,
  { student, targets }: DistillationStep,
  { branch: { feature }, map, logits, deepest }: RunBranch,
  { alpha, temperature, hint }: Required<ByotOptions>,
): LossTerm[] {
  const own = { logits, features: {} };
  const hard = weighed(task.terms(own, targets), 1 - alpha).map(({ role: _, ...term }) => term);
  const { divergence, reduction } = softTargets(NAME, task);
  const kl = divergence(own, { ...student, logits: stopGradient(student.logits) }, temperature);
  const distance = tf.div<tf.Scalar>(tf.sum<tf.Scalar>(tf.square(tf.sub(map, deepest))), map.shape[0]);
  const terms: LossTerm[] = [
    ...hard,
    { name: 'kl', value: kl, weight: alpha * temperature ** 2, reduction },
    { name: 'hint', value: distance, weight: hint, reduction: 'sum over values, mean over batch' },
  ];
  return terms.map((term) => ({ ...term, name: `${feature}.${term.name}` }));
}
