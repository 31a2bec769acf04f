/**
 * SimKD (Chen et al. 2022): the student answers by the teacher's classifier, and learns nothing but the teacher's last map.
 *   loss = mean (P(F_S) − F_T)², P the student's projector
 * No label and no logit is learnt from: the task's loss is measured with weight 0, as in the authors' code. The larger map is brought to the
 * size of the smaller one by means of windows, as there (adaptive_avg_pool2d), the student's before the projector. The network that is measured,
 * kept and exported is the student with the projector and the teacher's classifier, which does not change (models/projector.ts): `student` says
 * what it is for a teacher. P is a bottleneck of 1 / factor of the teacher's channels; the factor of 2 is the paper's. Deviation: a student's map
 * that is larger than the teacher's must be so by a whole number.
 * It asks for a teacher that ends in the mean over positions and one linear layer. There is no `ie-simkd`: a half of the projected channels has no
 * classifier of its own, and whatever half explored would spoil the answers of the teacher's, which reads all of them.
 */
import { tf } from '../engine/tf';
import { Variables } from '../engine/variables';
import { meanSquare } from '../losses/attention';
import { adaptiveAveragePool } from '../losses/features/resampling';
import { planNetwork } from '../models';
import type { ProjectorSpec } from '../models/described/projectorSpec';
import { PROJECTED_CLASSIFIER } from '../models/projector';
import type { FeatureInfo, Network, NetworkSpec } from '../models/types';
import { integerIn, knownKeys, refuse, refusePhrase } from '../util/check';
import { canonicalJson } from '../util/hash';
import type { ComparedBranch, Distillation, ForwardPair } from './distillation';
import type { Method, MethodContext } from './method';
import { type Classifier, classifierOf } from './parts/classifier';
import { featureMaps } from './parts/featureMaps';
import { shapeOf } from './parts/featureSelection';
import { noState } from './parts/logitMethod';
import { taskOf, taskTerms } from './parts/taskTerms';

/** Options of `simkd`. */
export interface SimKdOptions {
  /** Of the teacher's channels the bottleneck of the projector has one in so many; an integer from 1, default 2. */
  readonly factor?: number;
}

/** Names of the options of `simkd`. */
export const SIMKD_OPTIONS: readonly (keyof SimKdOptions)[] = ['factor'];

const NAME = 'simkd';

/**
 * SimKD (Chen et al. 2022), one teacher with a linear classifier: the method `simkd`. Its student is built of what `student` makes of a description.
 *   loss = mean square of the projected student's map less the teacher's
 * @throws InputError for unknown options, and a factor below 1; when bound, for another kind of classifier, other classes, and a student without
 * the projector that fits
 *
 * @example
 * ```ts
 * import { buildNetwork, loadDataset, random, simkd, start, train } from 'iekd';
 * await start();
 * const data = await loadDataset('fashion-mnist', { train: 256, test: 64 });
 * const teacher = buildNetwork({ name: 'resnet14', input: [32, 32, 1] }, random(1)); // one worth learning from is trained before
 * const method = simkd();
 * const student = buildNetwork(method.student({ name: 'resnet8', input: [32, 32, 1] }, [teacher]), random(2));
 * await train({ student, teachers: [teacher], method, data, training: { epochs: 1 } });
 * ```
 */
export function simkd(options: SimKdOptions = {}): Method & Required<Pick<Method, 'student'>> {
  knownKeys(NAME, options, SIMKD_OPTIONS);
  const factor = integerIn(`${NAME}: factor`, options.factor ?? 2, 1);
  return {
    name: NAME,
    options: { factor },
    teachers: 1,
    teacherLogits: true, // its classes become the student's
    student: (spec, teachers) =>
      spec.projector ? spec : { ...spec, projector: projectorTo(mapOf(only(teachers)), spec, factor) },
    build: (context) => bind(factor, context),
  };
}

function bind(factor: number, context: MethodContext): Distillation {
  const { student } = context;
  const task = taskOf(context);
  task.check(NAME, student);
  const teacher = only(context.teachers);
  const from = mapOf(teacher);
  const classifier = classifierOf(NAME, teacher, from);
  if (teacher.classes !== student.classes) {
    const received = `${teacher.name} with ${teacher.classes}`;
    throw refusePhrase(NAME, `a teacher of the student's ${student.classes} classes`, received);
  }
  checkProjector(student, from, factor);
  reuse(student, classifier);
  const names = { teacher: [from.name], student: [mapOf(student).name] };
  return {
    features: names,
    teacherStages: [],
    variables: new Variables(),
    ...noState(NAME),
    terms(step) {
      const { factor: own, target } = compared(step, names);
      const value = meanSquare(own[0] as tf.Tensor, target[0] as tf.Tensor);
      return [...taskTerms(task, step, 0), { name: NAME, value, weight: 1, reduction: 'mean over elements' }];
    },
    compare: (pair) => [compared(pair, names)],
    dispose: () => undefined,
  };
}

function only([teacher, ...others]: readonly Network[]): Network {
  if (!teacher || others.length > 0) throw refuse(NAME, 'one teacher', teacher ? 1 + others.length : 0);
  return teacher;
}

/** The last map of a network. */
function mapOf({ name, features }: Pick<Network, 'name' | 'features'>): FeatureInfo {
  const last = features.at(-1);
  if (!last) throw refusePhrase(NAME, 'networks with maps', `${name}, which has none`);
  return last;
}

/** What brings a student to the teacher's map. @param spec with or without a projector */
function projectorTo(to: FeatureInfo, { projector: _, ...spec }: NetworkSpec, factor: number): Required<ProjectorSpec> {
  const own = mapOf({ name: String(spec['name']), features: planNetwork(spec as NetworkSpec).features });
  const smaller = own.height <= to.height && own.width <= to.width;
  const pool = smaller ? 1 : own.height / to.height;
  if (!Number.isInteger(pool) || (!smaller && own.width !== pool * to.width)) {
    throw refusePhrase(NAME, `a student's map a whole number of times as large as the teacher's ${shapeOf(to)}`, shapeOf(own));
  }
  return { channels: to.channels, bottleneck: Math.max(1, Math.floor(to.channels / factor)), pool };
}

function checkProjector({ name, spec }: Network, to: FeatureInfo, factor: number): void {
  const hint = 'buildNetwork(simkd().student(spec, [teacher]), random(0)) makes one';
  if (!spec.projector) throw refusePhrase(NAME, 'a student with a projector to the teacher', `${name} without one`, hint);
  const [fits, given] = [projectorTo(to, spec, factor), spec.projector].map(canonicalJson);
  if (fits !== given) throw refusePhrase(NAME, `a student with the projector ${fits}`, String(given), hint);
}

/** The student answers by the teacher's classifier from now on. */
function reuse({ variables }: Network, { weight, bias }: Classifier): void {
  tf.tidy(() => {
    variables.get(PROJECTED_CLASSIFIER.weight).assign(weight());
    variables.get(PROJECTED_CLASSIFIER.bias).assign(bias());
  });
}

/** The projected map and the teacher's, of one size. */
function compared({ student, teachers: [teacher] }: ForwardPair, names: Distillation['features']): ComparedBranch {
  if (!teacher) throw refuse(NAME, 'one teacher', 0);
  const [own] = featureMaps(student, names.student) as [tf.Tensor4D];
  const [map] = featureMaps(teacher, names.teacher) as [tf.Tensor4D];
  return { branch: NAME, factor: [own], target: [adaptiveAveragePool(map, own.shape[1], own.shape[2])] };
}
