/**
 * Inheritance and exploration (Huang et al. 2021) over any matcher: the student's map is split along channels; one branch is
 * drawn to the teacher's target, the other pushed away from it, through student sides of their own.
 *   loss = task + inherit · distance(inheritance branch, target) − explore · distance(exploration branch, target)
 * Where the matcher declares a repulsion of its own, `+ explore · repulsion` takes the place of the last term.
 * Deviations from the released code: teacher is the frozen network (the code swaps the names), the weights are the paper's 50
 * (the code's configuration says 1), and a random split is stored and restored.
 *
 * @example
 * ```ts
 * import { buildNetwork, ft, ie, loadDataset, random, start, train } from 'iekd';
 * await start();
 * const data = await loadDataset('fashion-mnist', { train: 256, test: 64 });
 * const network = (name: string, seed: number) => buildNetwork({ name, input: [32, 32, 1] }, random(seed));
 * const [student, teacher] = [network('resnet8', 1), network('resnet14', 2)]; // a teacher worth learning from is trained before
 * const method = ie(ft(), { inherit: 50, explore: 50 });
 * const run = await train({ student, teachers: [teacher], method, data, training: { epochs: 1 } });
 * console.log(run.last?.terms); // task, inheritance and exploration: value, weight, weighted
 * ```
 */
import type { FeatureInfo } from '../models/types';
import type { LossTerm } from '../optim/objective';
import type { Schedule } from '../optim/schedule';
import { checkSchedule, scheduleAt } from '../optim/schedule';
import { knownKeys, numberIn, refusePhrase } from '../util/check';
import type { ComparedBranch, Distillation, MethodState } from './distillation';
import { matcherIn } from './givenMethod';
import type { Matcher } from './matcher';
import type { Method, MethodContext } from './method';
import { type BoundMatcher, bindMatcher } from './parts/boundMatcher';
import { type ChannelSplit, checkSplit, type SplitKind, splitChannels, splitKind } from './parts/channelSplit';
import { featureInfos } from './parts/featureMaps';
import { resolveFeatures } from './parts/featureSelection';
import { taskOf, taskTerms } from './parts/taskTerms';
import { overTeachers } from './parts/teacherEnsemble';
import { inTwoStages, logitsOf } from './parts/twoStages';

/** + inherit · distance(factor, target) */
function inheritanceTerm({ distance }: Matcher, { factor, target }: ComparedBranch, weight: number): LossTerm {
  return { name: 'inheritance', value: distance.of(factor, target), weight, reduction: distance.reduction };
}

/** − explore · distance(factor, target), or + explore · repulsion(factor, target) where the matcher has a function for it. */
function explorationTerm({ distance }: Matcher, { factor, target }: ComparedBranch, weight: number): LossTerm {
  const { repulsion, reduction } = distance;
  const name = 'exploration';
  if (typeof repulsion === 'function') return { name, value: repulsion(factor, target), weight, reduction };
  return { name, value: distance.of(factor, target), weight: 0 - weight, reduction };
}

/** The term of each branch, and the option that weighs it. */
const BRANCHES = {
  inheritance: { term: inheritanceTerm, weight: 'inherit' },
  exploration: { term: explorationTerm, weight: 'explore' },
} as const;

type Branch = keyof typeof BRANCHES;

/** Options of `ie`. */
export interface IeOptions {
  /** Share of channels that inherit, in [0, 1]; default 0.5. At 0 or 1 the empty branch has no term. */
  readonly ratio?: number;
  /** `natural` (default): the first channels inherit; `random`: drawn once from the seed. */
  readonly split?: SplitKind;
  /** Weight of inheritance over epochs, ≥ 0; default 50, or the matcher's. */
  readonly inherit?: Schedule;
  /** Weight of exploration over epochs, ≥ 0; default 50, or the matcher's. 0 measures the distance and leaves it alone. */
  readonly explore?: Schedule;
}

/** Names of the options of `ie`. */
export const IE_OPTIONS: readonly (keyof IeOptions)[] = ['ratio', 'split', 'inherit', 'explore'];

const PREFIX = 'ie-';

type Settings = Required<IeOptions>;

/**
 * Inheritance and exploration (Huang et al. 2021) over a matcher: a method named `ie-` and the matcher's name.
 *   loss = task + inherit · distance(inheritance branch, target) − explore · distance(exploration branch, target)
 * or `+ explore · repulsion` where the matcher declares one. The split is part of the run's state.
 * @throws InputError for unknown options, and where exploring could lower the loss without end
 *
 * @example
 * ```ts
 * import { at, ft, ie } from 'iekd';
 * ie(ft()); // half of the channels inherit, weights of 50, as in the paper
 * ie(at(), { ratio: 0.25, split: 'random' }); // a quarter of them, drawn from the run's seed
 * ie(ft(), { explore: { kind: 'cosine', base: 50 } }); // exploration fades over the epochs
 * ```
 */
export function ie(matcher: Matcher, options: IeOptions = {}): Method {
  matcherIn('ie', matcher);
  const name = PREFIX + matcher.name;
  knownKeys(name, options, IE_OPTIONS);
  const settings: Settings = {
    ratio: numberIn(`${name}: ratio`, options.ratio ?? 0.5, 0, 1),
    split: splitKind(`${name}: split`, options.split ?? 'natural'),
    inherit: checkSchedule(`${name}: inherit`, options.inherit ?? matcher.weights.inherit ?? 50),
    explore: checkSchedule(`${name}: explore`, options.explore ?? matcher.weights.explore ?? 50),
  };
  checkRepulsion(name, matcher);
  const { teachers = 1 } = matcher;
  const build: Method['build'] = (context) =>
    inTwoStages(matcher, context, () => overTeachers(name, teachers, context, (one) => bind(name, matcher, settings, one)));
  return {
    name,
    options: { ...matcher.options, ...settings },
    teachers,
    ...logitsOf(matcher),
    splits: true,
    madeOf: { prefix: PREFIX, matcher },
    build,
  };
}

function bind(name: string, matcher: Matcher, settings: Settings, context: MethodContext): Distillation {
  const task = taskOf(context);
  const features = resolveFeatures(name, matcher, context);
  const infos = featureInfos(name, context.student, features.student);
  let splits = infos.map((info) => drawSplit(info, settings, context));
  const branches = branchesOf(splits).map((branch) => {
    return { name: branch, channels: (map: number) => (splits[map] as ChannelSplit)[branch] };
  });
  const bound = bindMatcher(matcher, features, branches, context);
  checkBound(name, matcher, bound);
  return {
    ...bound,
    state: () => ({ channels: Object.fromEntries(infos.map((info, i) => [info.name, splits[i]])) }),
    restore(state) {
      splits = restoreSplits(name, state, infos, splits);
    },
    terms(step) {
      const compared = bound.compare(step, true).map((one) => {
        const { term, weight } = BRANCHES[one.branch as Branch];
        return term(matcher, one, bound.weightScale * scheduleAt(settings[weight], step.clock));
      });
      return [...taskTerms(task, step), ...compared];
    },
  };
}

/** Each feature's split is drawn from a stream of its name. */
function drawSplit({ name, channels }: FeatureInfo, { ratio, split }: Settings, { random }: MethodContext): ChannelSplit {
  return splitChannels(channels, ratio, split, random.stream(`split/${name}`));
}

/** The branches that have channels. */
function branchesOf(splits: readonly ChannelSplit[]): Branch[] {
  const names = Object.keys(BRANCHES) as Branch[];
  return names.filter((branch) => splits.every((split) => split[branch].length > 0));
}

function restoreSplits(
  name: string,
  state: MethodState,
  infos: readonly FeatureInfo[],
  splits: readonly ChannelSplit[],
): ChannelSplit[] {
  knownKeys(`${name}: state`, state, ['channels']);
  const channels = (state.channels ?? {}) as Readonly<Record<string, unknown>>;
  knownKeys(
    `${name}: state: channels`,
    channels,
    infos.map((info) => info.name),
  );
  return infos.map((info, i) => checkSplit(`${name}: state: ${info.name}`, channels[info.name], splits[i] as ChannelSplit));
}

/** Refuses a matcher that cannot push away, before any network is known. */
function checkRepulsion(name: string, { name: own, distance }: Matcher): void {
  if (distance.repulsion === undefined) {
    throw refuseUnbounded(name, `${own}, whose distance is unbounded and which declares no repulsion`);
  }
  if (distance.repulsion === 'negate' && !distance.expected) {
    throw refuseUnbounded(name, `${own}, which negates a distance without stating its bound`);
  }
}

/** Refuses a distance that is negated and has no bound at the shapes of these networks. */
function checkBound(name: string, { name: own, distance }: Matcher, { expected, dispose }: BoundMatcher): void {
  if (distance.repulsion !== 'negate' || Number.isFinite(expected?.bound)) return;
  dispose();
  throw refuseUnbounded(name, `${own}, which negates a distance without a finite bound`);
}

function refuseUnbounded(name: string, received: string): Error {
  const hint = 'the loss could fall without end; declare a bounded function as its repulsion';
  return refusePhrase(name, 'a matcher that can push away within a bound', received, hint);
}
