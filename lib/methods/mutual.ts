/**
 * Deep mutual learning (Zhang et al. 2018, section 3): networks that learn side by side, each with the others for its teachers.
 *   loss of network i = task + kl · mean over the others j of KL(p_j ‖ p_i), T = 1, summed over classes, averaged over the batch
 * `alternate`, the paper's algorithm 1: on each batch one network after the other is updated, against the others as they are by
 * then. `simultaneous`: all at once, from one forward pass of each. The others are constants to a network that learns; they are
 * in training mode, and the statistics of each network move once a step, in its own update. (The released code of IE-KD lets
 * gradients into the peer, to be cleared later, and moves statistics at every pass.) No two networks share a variable, so one
 * SGD over all of them is an SGD for each.
 *
 * Over another method each network also learns by that one, with every other network for its teacher, means over the others.
 * `mutual(ie(ft()))` is IE-DML. No source at hand defines it beyond "alternately, one update each": this definition is ours.
 *   loss of network i = task + kl · KL(p_j ‖ p_i) + inherit · distance(its inheritance branch, F_j) − explore · distance(its
 *   exploration branch, F_j)
 * F_j, the teacher side on the whole map of j, cannot be fitted before: its own terms (a reconstruction) are part of j's update,
 * on j's map as a constant, so that they train the encoder alone; as a target it is in evaluation mode.
 */
import { stopGradient } from '../engine/detached';
import { tf } from '../engine/tf';
import type { ForwardResult } from '../models/types';
import type { LossTerm, Weight } from '../optim/objective';
import type { Schedule } from '../optim/schedule';
import { checkSchedule } from '../optim/schedule';
import { scheduledWeight } from '../optim/weight';
import type { SoftTargets } from '../tasks/types';
import { knownKeys, pick, refusePhrase } from '../util/check';
import { roleOf } from '../util/networkRoles';
import type { ComparedBranch, Distillation, DistillationStep, ForwardPair } from './distillation';
import { methodIn } from './givenMethod';
import type { Method, MethodContext } from './method';
import { featureMaps } from './parts/featureMaps';
import {
  bindPeers,
  type MutualPeer,
  peerFeatures,
  peerStates,
  peerVariables,
  restorePeers,
  type TeacherBinding,
} from './parts/mutualPeers';
import { softTargets, taskOf } from './parts/taskTerms';
import { supervised } from './supervised';

/** When the networks of a step are updated. */
export type MutualUpdates = 'alternate' | 'simultaneous';

/** Options of `mutual`. */
export interface MutualOptions {
  /** Weight of the divergence over epochs, ≥ 0; default 1, the paper's. */
  readonly kl?: Schedule;
  /** `alternate` (default): one network after the other; `simultaneous`: all at once. */
  readonly updates?: MutualUpdates;
}

/** Names of the options of `mutual`. */
export const MUTUAL_OPTIONS: readonly (keyof MutualOptions)[] = ['kl', 'updates'];

/** Who learns in each round of a step. */
type Rounds = (networks: readonly number[]) => number[][];

const UPDATES: Readonly<Record<MutualUpdates, Rounds>> = {
  alternate: (networks) => networks.map((i) => [i]),
  simultaneous: (networks) => [[...networks]],
};

interface Settings {
  readonly kl: Schedule;
  readonly rounds: Rounds;
}

/**
 * Deep mutual learning (Zhang et al. 2018), over labels alone (the method `dml`) or over another method (`ie-dml`, …).
 *   loss of network i = its method's terms + kl · mean over the others j of KL(p_j ‖ p_i)
 * @param method of one teacher or none; default `supervised()`
 * @throws InputError for a method that has peers, several teachers or a stage before the student's, or needs a frozen teacher
 *
 * @example
 * ```ts
 * import { buildNetwork, ft, ie, loadDataset, mutual, random, start, train } from 'iekd';
 * await start();
 * const data = await loadDataset('fashion-mnist', { train: 256, test: 64 });
 * const network = (name: string, seed: number) => buildNetwork({ name, input: [32, 32, 1] }, random(seed));
 * const networks = { student: network('resnet8', 1), peers: [network('resnet14', 2)] };
 * await train({ ...networks, method: mutual(ie(ft()), { kl: 1 }), data, training: { epochs: 1 } }); // IE-DML
 * ```
 */
export function mutual(method: Method = supervised(), options: MutualOptions = {}): Method {
  methodIn('mutual', method);
  const name = method.madeOf ? `${method.madeOf.prefix}dml` : `${method.name}-dml`;
  knownKeys(name, options, MUTUAL_OPTIONS);
  checkMethod(name, method);
  const { updates = 'alternate' } = options;
  const rounds = pick(`${name}: updates`, UPDATES, updates);
  const settings: Settings = { kl: checkSchedule(`${name}: kl`, options.kl ?? 1), rounds };
  const build: Method['build'] = (context) => bind(name, method, settings, context);
  const splits = method.splits ? { splits: method.splits } : {};
  return { name, options: { ...optionsOf(method), kl: settings.kl, updates }, teachers: 0, peers: true, ...splits, build };
}

function checkMethod(name: string, { name: own, teachers, peers, madeOf }: Method): void {
  if (peers) throw refusePhrase(name, 'a method without peers', own);
  if (teachers > 1) throw refusePhrase(name, 'a method of one teacher or none', `${own} of ${teachers}`);
  if (madeOf?.matcher?.frozenTeacher?.required) {
    throw refusePhrase(
      name,
      'a matcher whose teacher may go on learning',
      `${madeOf.matcher.name}, which reads its weights once`,
    );
  }
}

/** The method's options, its matcher among them; without those of a frozen teacher. */
function optionsOf({ options, madeOf }: Method): Method['options'] {
  const { matcher } = madeOf ?? {};
  const kept = Object.entries(options).filter(([key]) => !matcher?.frozenTeacher?.options?.includes(key));
  return { ...(matcher ? { match: matcher.name } : {}), ...Object.fromEntries(kept) };
}

function bind(name: string, method: Method, { kl, rounds }: Settings, context: MethodContext): Distillation {
  const soft = softTargets(name, taskOf(context));
  const all = bindPeers(name, method, context);
  const [student] = all as [MutualPeer];
  const { expected, weightScale, sizeExponent } = (student.bindings[0] as TeacherBinding).distillation;
  function terms(step: DistillationStep): LossTerm[] {
    const outputs = { results: resultsOf(step), constants: resultsOf(step).map(constantOf) };
    const weight = scheduledWeight(kl);
    const now = (step.learners ?? [0]).map((i) => [i, all[i] as MutualPeer] as const);
    const learnt = now.map(([i, peer]) => {
      return named(peer, [...methodTerms(peer, step, outputs, i), divergence(soft, outputs, i, weight)]);
    });
    // After all targets have been taken, so that the order of the networks does not matter.
    const fitted = now.map(([i, peer]) => named(peer, sideTerms(peer, outputs, i)));
    return [...learnt, ...fitted].flat();
  }
  return {
    features: peerFeatures(all),
    teacherStages: [],
    variables: peerVariables(all),
    state() {
      return peerStates(all);
    },
    restore: (state) => restorePeers(name, all, state),
    ...(expected ? { expected } : {}),
    ...(weightScale === undefined || sizeExponent === undefined ? {} : { weightScale, sizeExponent }),
    rounds: rounds(all.map((_, i) => i)),
    terms,
    compare: (pair, training) => compare(student, pair, training),
    dispose() {
      for (const { bindings } of all) for (const { distillation } of bindings) distillation.dispose();
    },
  };
}

/** The results of all networks, and the same as constants: what one network sees of another. */
interface PeerOutputs {
  readonly results: readonly ForwardResult[];
  readonly constants: readonly ForwardResult[];
}

const resultsOf = ({ student, peers = [] }: ForwardPair): ForwardResult[] => [student, ...peers];

/** Every tensor of a result as a constant, whatever the task's networks return beside logits and features. */
function constantOf({ features, ...outputs }: ForwardResult): ForwardResult {
  return { ...(asConstants(outputs) as Omit<ForwardResult, 'features'>), features: asConstants(features) };
}

const asConstants = <T extends tf.Tensor>(tensors: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, stopGradient(tensor)] as const));

/** The terms of network i's method: means over its bindings, which differ in nothing but the teacher. */
function methodTerms(
  { bindings }: MutualPeer,
  step: DistillationStep,
  { results, constants }: PeerOutputs,
  i: number,
): LossTerm[] {
  const student = results[i] as ForwardResult;
  const [first = [], ...others] = bindings.map(({ from, distillation }) =>
    distillation.terms({ ...step, student, teachers: from.map((j) => constants[j] as ForwardResult) }),
  );
  return first.map((term, k) => {
    return { ...term, value: mean([term.value, ...others.map((list) => (list[k] as LossTerm).value)]) };
  });
}

/** `kl`: of network i from the others. */
function divergence(soft: SoftTargets, { results, constants }: PeerOutputs, i: number, weight: Weight): LossTerm {
  const own = results[i] as ForwardResult;
  const others = constants.filter((_, j) => j !== i);
  const value = mean(others.map((other) => soft.divergence(own, other, 1)));
  return { name: 'kl', value, weight, reduction: soft.reduction };
}

/** What fits the teacher side on network i's map. */
function sideTerms({ target }: MutualPeer, { constants }: PeerOutputs, i: number): LossTerm[] {
  return target?.side.fit?.terms(featureMaps(constants[i] as ForwardResult, target.names)) ?? [];
}

function mean(values: readonly tf.Scalar[]): tf.Scalar {
  const [only] = values;
  return values.length === 1 ? (only as tf.Scalar) : tf.mean<tf.Scalar>(tf.stack([...values]));
}

/** The student's terms keep their names, a peer's become `peer1.task`. */
function named({ role }: MutualPeer, terms: readonly LossTerm[]): LossTerm[] {
  return role === roleOf(0) ? [...terms] : terms.map((term) => ({ ...term, name: `${role}.${term.name}` }));
}

/** The student's branches beside each peer's target: `inheritance`, or `inheritance.peer2` where there are several. */
function compare({ bindings }: MutualPeer, pair: ForwardPair, training: boolean): ComparedBranch[] {
  const results = resultsOf(pair);
  return bindings.flatMap(({ from, distillation }) => {
    const teachers = from.map((j) => results[j] as ForwardResult);
    const suffix = bindings.length > 1 ? from.map((j) => `.${roleOf(j)}`).join('') : '';
    const branches = distillation.compare({ student: pair.student, teachers }, training);
    return branches.map((one) => ({ ...one, branch: one.branch + suffix }));
  });
}
