/**
 * On-the-fly native ensemble (Lan et al. 2018): branches on a shared trunk, the student's own and others, each taught by the gated sum of all.
 *   loss = Σ_i cross-entropy(z_i) + cross-entropy(z_e) + T² · Σ_i KL(softmax(z_e / T) ‖ softmax(z_i / T)), z_e = Σ_i g_i z_i, z_0 the student's
 * g = softmax(ReLU(batch norm(linear(e)))), e the mean over positions of the map at which the branches part, the student's last but one. T = 3
 * and two branches beside the student's are the paper's; z_e is a constant to the branches that it teaches. Deviation: the paper's branches are
 * copies of the last stage; here they are bottlenecks with a classifier (self/shallowBranch.ts), which any network takes. They are left behind:
 * the student that is measured and kept is the plain network, with its own branch.
 */
import { stopGradient } from '../../engine/detached';
import { globalAveragePool } from '../../engine/fused/globalAveragePool';
import { leakyRelu } from '../../engine/fused/leakyRelu';
import { tf } from '../../engine/tf';
import { Variables } from '../../engine/variables';
import { batchNorm } from '../../models/layers/functional';
import { createVariables, planBatchNorm, planLinear } from '../../models/layers/variablePlan';
import type { FeatureInfo } from '../../models/types';
import type { LossTerm } from '../../optim/objective';
import type { Task } from '../../tasks/types';
import { integerIn, knownKeys, numberIn, positive } from '../../util/check';
import type { Distillation, DistillationStep } from '../distillation';
import type { Method, MethodContext } from '../method';
import { featureMaps } from '../parts/featureMaps';
import { noState } from '../parts/logitMethod';
import { softTargets, taskOf, taskTerms } from '../parts/taskTerms';
import { shallowBranch, stageMaps } from '../self/shallowBranch';

/** Options of `one`. */
export interface OneOptions {
  /** Beside the student's own, from 1; default 2. */
  readonly branches?: number;
  /** T, above 0; default 3. */
  readonly temperature?: number;
  /** Of the divergences, times T², ≥ 0; default 1. */
  readonly weight?: number;
}

/** Names of the options of `one`. */
export const ONE_OPTIONS: readonly (keyof OneOptions)[] = ['branches', 'temperature', 'weight'];

const NAME = 'one';

/**
 * On-the-fly native ensemble (Lan et al. 2018), no teacher and no peer: the method `one`; the student has two stages at least.
 *   loss = cross-entropies of all branches and of their gated sum + weight · T² · KL of each branch from that sum
 * @throws InputError for unknown options and values out of their range; when bound, for a student whose last map but one does not halve to its
 * last, and for a task without soft targets
 *
 * @example
 * ```ts
 * import { buildNetwork, loadDataset, one, random, start, train } from 'iekd';
 * await start();
 * const data = await loadDataset('fashion-mnist', { train: 256, test: 64 });
 * const student = buildNetwork({ name: 'resnet8', input: [32, 32, 1] }, random(1));
 * await train({ student, method: one({ branches: 3 }), data, training: { epochs: 1 } });
 * ```
 */
export function one(options: OneOptions = {}): Method {
  knownKeys(NAME, options, ONE_OPTIONS);
  const settings = {
    branches: integerIn(`${NAME}: branches`, options.branches ?? 2, 1),
    temperature: positive(`${NAME}: temperature`, options.temperature ?? 3),
    weight: numberIn(`${NAME}: weight`, options.weight ?? 1, 0),
  };
  return { name: NAME, options: settings, teachers: 0, build: (context) => bind(settings, context) };
}

function bind({ branches: count, ...settings }: Required<OneOptions>, context: MethodContext): Distillation {
  const { student, random } = context;
  const task = taskOf(context);
  task.check(NAME, student);
  softTargets(NAME, task);
  const [trunk, last] = stageMaps(NAME, student).slice(-2) as unknown as [FeatureInfo, FeatureInfo];
  const branches = Array.from({ length: count }, (_, i) =>
    shallowBranch(NAME, trunk, last, student.classes, random.child(`branch${i + 1}`)),
  );
  // The batch norm takes a bias away.
  const linear = planLinear('linear', trunk.channels, count + 1).slice(0, 1);
  const gate = createVariables([...linear, ...planBatchNorm('bn', count + 1)], random.child('gate'));
  const variables = new Variables().include('gate.', gate);
  for (const [i, branch] of branches.entries()) variables.include(`branch${i + 1}.`, branch.variables);
  return {
    features: { teacher: [], student: [trunk.name] },
    teacherStages: [],
    variables,
    ...noState(NAME),
    terms(step) {
      const [map] = featureMaps(step.student, [trunk.name]) as [tf.Tensor4D];
      const logits = [step.student.logits, ...branches.map((branch) => branch.run(map).logits)];
      return ensembleTerms(task, step, logits, gates(map, gate), settings);
    },
    compare: () => [],
    dispose: () => variables.dispose(),
  };
}

/** g, [batch, branches] */
function gates(map: tf.Tensor4D, variables: Variables): tf.Tensor2D {
  const linear = tf.matMul(globalAveragePool(map), variables.get('linear.weight') as tf.Tensor2D);
  const [batch, count] = linear.shape as [number, number];
  const normed = batchNorm(tf.reshape(linear, [batch, 1, 1, count]), 'bn', {}, { variables, training: true });
  return tf.softmax(tf.reshape<tf.Rank.R2>(leakyRelu(normed, 0), [batch, count]));
}

/** The terms of the student, of its branches (`branch1.task`, `branch1.kl`) and of the ensemble. */
function ensembleTerms(
  task: Task,
  step: DistillationStep,
  logits: readonly tf.Tensor2D[],
  gate: tf.Tensor2D,
  { temperature, weight }: Omit<Required<OneOptions>, 'branches'>,
): LossTerm[] {
  const { divergence, reduction } = softTargets(NAME, task);
  const shares = tf.split(gate, logits.length, 1);
  const ensemble = logits
    .map((z, i) => tf.mul<tf.Tensor2D>(z, shares[i] as tf.Tensor))
    .reduce((a, b) => tf.add<tf.Tensor2D>(a, b));
  const teacher = { logits: stopGradient(ensemble), features: {} };
  const hard = (name: string, own: tf.Tensor2D): LossTerm[] =>
    task
      .terms({ logits: own, features: {} }, step.targets)
      .map(({ role: _, ...term }) => ({ ...term, name: `${name}.${term.name}` }));
  const soft = logits.map((own, i): LossTerm => {
    const value = divergence({ logits: own, features: {} }, teacher, temperature);
    return { name: i === 0 ? 'kl' : `branch${i}.kl`, value, weight: weight * temperature ** 2, reduction };
  });
  const others = logits.slice(1).flatMap((own, i) => hard(`branch${i + 1}`, own));
  return [...taskTerms(task, step), ...others, ...hard('ensemble', ensemble), ...soft];
}
