/**
 * Inheritance and exploration (Huang et al. 2021) over any matcher: the student's map is split along channels; one branch is
 * drawn to the teacher's target, the other pushed away from it, through student sides of their own.
 *   loss = task + inherit · distance(inheritance branch, target) − explore · distance(exploration branch, target)
 * Where the matcher declares a repulsion of its own, `+ explore · repulsion` takes the place of the last term; what else exploring may
 * be, and in which epochs, is a choice (exploring/explorations.ts).
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
import { selectChannels } from '../engine/fused/selectChannels';
import type { tf } from '../engine/tf';
import type { FeatureInfo, ForwardResult } from '../models/types';
import type { LossTerm, Weight } from '../optim/objective';
import { checkSchedule, type Schedule } from '../optim/schedule';
import { scheduledWeight } from '../optim/weight';
import { knownKeys, numberIn } from '../util/check';
import type { ComparedBranch, Distillation, DistillationStep, MethodState } from './distillation';
import { checkBound, checkHalves, checkRepulsion } from './exploring/checkExploring';
import { type ByFactor, explorationNamed, unlikeness } from './exploring/explorations';
import { type ExploreOptions, type Exploring, exploring } from './exploring/exploreOption';
import { matcherIn } from './givenMethod';
import type { Matcher } from './matcher';
import type { Method, MethodContext } from './method';
import { bindMatcher, type StudentBranch } from './parts/boundMatcher';
import { type ChannelSplit, checkSplit, type SplitKind, splitChannels, splitKind } from './parts/channelSplit';
import { featureInfos, featureMaps } from './parts/featureMaps';
import { resolveFeatures } from './parts/featureSelection';
import { taskOf, taskTerms } from './parts/taskTerms';
import { overTeachers } from './parts/teacherEnsemble';
import { inTwoStages, logitsOf } from './parts/twoStages';

/** + inherit · distance(factor, target) */
function inheritanceTerm({ distance }: Matcher, { factor, target }: ComparedBranch, weight: Weight): LossTerm {
  return { name: 'inheritance', value: distance.of(factor, target), weight, reduction: distance.reduction };
}

const BRANCHES = ['inheritance', 'exploration'] as const;

type Branch = (typeof BRANCHES)[number];

/** Options of `ie`. */
export interface IeOptions {
  /** Share of channels that inherit, in [0, 1]; default 0.5. At 0 or 1 the empty branch has no term. */
  readonly ratio?: number;
  /** `natural` (default): the first channels inherit; `random`: drawn once from the seed. */
  readonly split?: SplitKind;
  /** Weight of inheritance over epochs, ≥ 0; default 50, or the matcher's. */
  readonly inherit?: Schedule;
  /**
   * Weight of exploration over epochs, ≥ 0; default 50, or the matcher's. 0 measures the distance and leaves it alone. Or how it
   * explores, and in which epochs: `{ how: 'cka', weight: 1, from: 'drop' }`.
   */
  readonly explore?: Schedule | ExploreOptions;
}

/** Names of the options of `ie`. */
export const IE_OPTIONS: readonly (keyof IeOptions)[] = ['ratio', 'split', 'inherit', 'explore'];

const PREFIX = 'ie-';

interface Settings extends Required<Omit<IeOptions, 'explore'>> {
  readonly explore: Exploring;
}

/**
 * Inheritance and exploration (Huang et al. 2021) over a matcher: a method named `ie-` and the matcher's name.
 *   loss = task + inherit · distance(inheritance branch, target) − explore · distance(exploration branch, target)
 * or `+ explore · repulsion` where the matcher declares one, or another form of exploring. The split is part of the run's state.
 * @throws InputError for unknown options, and where exploring could lower the loss without end
 *
 * @example
 * ```ts
 * import { at, ft, ie } from 'iekd';
 * ie(ft()); // half of the channels inherit, weights of 50, as in the paper
 * ie(at(), { ratio: 0.25, split: 'random' }); // a quarter of them, drawn from the run's seed
 * ie(ft(), { explore: { kind: 'cosine', base: 50 } }); // exploration fades over the epochs
 * ie(ft(), { inherit: 500, explore: { how: 'shared', from: 'drop' } }); // from the first drop of the learning rate on
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
    explore: exploring(`${name}: explore`, options.explore, matcher.weights.explore ?? 50),
  };
  checkRepulsion(name, matcher, settings.explore);
  const { teachers = 1 } = matcher;
  const build: Method['build'] = (context) =>
    inTwoStages(matcher, context, () => overTeachers(name, teachers, context, (one) => bind(name, matcher, settings, one)));
  return {
    name,
    options: { ...matcher.options, ...settings, explore: settings.explore.written },
    teachers,
    ...logitsOf(matcher),
    splits: true,
    madeOf: { prefix: PREFIX, matcher },
    build,
  };
}

function bind(name: string, matcher: Matcher, settings: Settings, context: MethodContext): Distillation {
  const { inherit, explore } = settings;
  const task = taskOf(context);
  const features = resolveFeatures(name, matcher, context);
  const infos = featureInfos(name, context.student, features.student);
  let splits = infos.map((info) => drawSplit(info, settings, context));
  const form = explorationNamed(explore.how);
  checkHalves(`${name}: explore: how`, explore, splits);
  const names = branchesOf(splits);
  const channels = (branch: Branch) => (map: number) => (splits[map] as ChannelSplit)[branch];
  const branches = names.flatMap((branch): StudentBranch[] => {
    if (branch === 'inheritance') return [{ name: branch, channels: channels(branch) }];
    return 'branch' in form ? [{ name: branch, channels: channels(branch), ...form.branch }] : [];
  });
  const bound = bindMatcher(matcher, features, branches, context);
  checkBound(name, matcher, explore, bound);
  const half = ({ student }: DistillationStep, branch: Branch): tf.Tensor4D[] =>
    featureMaps(student, features.student).map((map, i) => selectChannels(map, channels(branch)(i)));
  const others = (step: DistillationStep, unlike: 'teacher' | 'inheritance'): tf.Tensor4D[] =>
    unlike === 'teacher' ? featureMaps(step.teachers[0] as ForwardResult, features.teacher) : half(step, unlike);
  return {
    ...bound,
    state: () => ({ channels: Object.fromEntries(infos.map((info, i) => [info.name, splits[i]])) }),
    restore(state) {
      splits = restoreSplits(name, state, infos, splits);
    },
    terms(step) {
      const compared = bound.compare(step, true).map((one) => {
        if (one.branch === 'inheritance') return inheritanceTerm(matcher, one, scheduledWeight(inherit, bound.weightScale));
        return (form as ByFactor).term(matcher, one, explore.weight(bound.weightScale));
      });
      const unlike = 'unlike' in form && names.includes('exploration') ? form.unlike : undefined;
      const byMap = unlike ? [unlikeness(half(step, 'exploration'), others(step, unlike), explore.floor, explore.weight(1))] : [];
      return [...taskTerms(task, step), ...compared, ...byMap];
    },
  };
}

/** Each feature's split is drawn from a stream of its name. */
function drawSplit({ name, channels }: FeatureInfo, { ratio, split }: Settings, { random }: MethodContext): ChannelSplit {
  return splitChannels(channels, ratio, split, random.stream(`split/${name}`));
}

/** The branches that have channels. */
function branchesOf(splits: readonly ChannelSplit[]): Branch[] {
  return BRANCHES.filter((branch) => splits.every((split) => split[branch].length > 0));
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
