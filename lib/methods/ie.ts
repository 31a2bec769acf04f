/**
 * Inheritance and exploration (Huang et al. 2021) over any matcher: the student's map is split along channels; one part is
 * drawn to the teacher's target, the other pushed away from it, through student sides of their own.
 *   loss = task + inherit · distance(inheritance part, target) − explore · distance(exploration part, target)
 * Where the matcher declares a repulsion of its own, `+ explore · repulsion` takes the place of the last term.
 * Deviations from the released code: teacher is the frozen network (the code swaps the names), the weights are the paper's 50
 * (the code's configuration says 1), and a random split is stored and restored.
 */
import { selectChannels } from '../engine/fused/selectChannels';
import { Variables } from '../engine/variables';
import type { FeatureInfo } from '../models/types';
import type { LossTerm } from '../optim/objective';
import type { Schedule } from '../optim/schedule';
import { checkSchedule, scheduleAt } from '../optim/schedule';
import { taskTerm } from '../tasks/classification/task';
import { knownKeys, numberIn, refusePhrase } from '../util/check';
import { type ChannelSplit, checkSplit, type SplitKind, splitChannels, splitKind } from './parts/channelSplit';
import { forNetworks } from './parts/featureSelection';
import { overTeachers } from './parts/teacherEnsemble';
import { featureInfos, featureMaps, type TeacherTarget, teacherTarget } from './parts/teacherTarget';
import { inTwoStages } from './parts/twoStages';
import type { ComparedPart, Distillation, ForwardPair, Matcher, Method, MethodContext, StudentSide } from './types';

export interface IeOptions {
  /** Share of channels that inherit, in [0, 1]; default 0.5. At 0 or 1 the empty part has no term. */
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
const PARTS: readonly Part[] = ['inheritance', 'exploration'];
const WEIGHTS = { inheritance: 'inherit', exploration: 'explore' } as const;

type Settings = Required<IeOptions>;
type Part = keyof ChannelSplit;

/** One part of the student's map with its own student side. */
interface Half {
  readonly part: Part;
  readonly side: StudentSide;
}

/** A method named `ie-` and the matcher's name. @throws InputError where exploring could lower the loss without end */
export function ie(matcher: Matcher, options: IeOptions = {}): Method {
  const name = PREFIX + matcher.name;
  knownKeys(name, options, IE_OPTIONS);
  const settings: Settings = {
    ratio: numberIn(`${name}: ratio`, options.ratio ?? 0.5, 0, 1),
    split: splitKind(`${name}: split`, options.split ?? 'natural'),
    inherit: checkSchedule(`${name}: inherit`, options.inherit ?? matcher.partWeights?.inherit ?? 50),
    explore: checkSchedule(`${name}: explore`, options.explore ?? matcher.partWeights?.explore ?? 50),
  };
  if (matcher.repulsion === undefined) {
    throw refuseUnbounded(name, `${matcher.name}, whose distance is unbounded and which declares no repulsion`);
  }
  if (matcher.repulsion === 'negate' && !matcher.expected) {
    throw refuseUnbounded(name, `${matcher.name}, which negates a distance without stating its bound`);
  }
  const { teachers = 1 } = matcher;
  const build: Method['build'] = (context) =>
    inTwoStages(
      matcher,
      overTeachers(name, teachers, context, (one) => bind(name, forNetworks(name, matcher, one), settings, one)),
    );
  return {
    name,
    options: { ...matcher.options, ...settings },
    teachers,
    splits: true,
    madeOf: { prefix: PREFIX, matcher },
    build,
  };
}

function checkBound(name: string, { name: own, repulsion }: Matcher, { expected }: TeacherTarget): void {
  if (repulsion === 'negate' && !Number.isFinite(expected?.bound)) {
    throw refuseUnbounded(name, `${own}, which negates a distance without a finite bound`);
  }
}

function refuseUnbounded(name: string, received: string): Error {
  const hint = 'the loss could fall without end; declare a bounded function as its repulsion';
  return refusePhrase(name, 'a matcher that can push away within a bound', received, hint);
}

function bind(name: string, matcher: Matcher, settings: Settings, context: MethodContext): Distillation {
  const { reads, teacherMode } = matcher;
  const infos = featureInfos(name, context.student, reads.student);
  let splits = infos.map((info) => drawSplit(info, settings, context));
  const teacher = teacherTarget(matcher, context);
  const halves: Half[] = [];
  function dispose(): void {
    for (const { variables } of [teacher.side, ...halves.map((half) => half.side)]) variables.dispose();
  }
  try {
    checkBound(name, matcher, teacher);
    for (const part of partsOf(splits)) halves.push({ part, side: studentSide(part, matcher, infos, splits, teacher, context) });
  } catch (error) {
    dispose();
    throw error;
  }
  function compare(pair: ForwardPair, training: boolean): (ComparedPart & { readonly part: Part })[] {
    const target = teacher.target(pair);
    const maps = featureMaps(pair.student, reads.student);
    return halves.map(({ part, side }) => {
      const own = maps.map((map, i) => selectChannels(map, (splits[i] as ChannelSplit)[part]));
      return { part, factor: side.factor(own, training), target };
    });
  }
  return {
    reads,
    ...(teacherMode ? { teacherMode } : {}),
    fits: teacher.fits,
    variables: halves.reduce((all, { part, side }) => all.include(`${part}.`, side.variables), new Variables()),
    get state() {
      return { channels: Object.fromEntries(infos.map((info, i) => [info.name, splits[i]])) };
    },
    restore(state) {
      splits = restoreSplits(name, state, infos, splits);
    },
    ...(teacher.expected ? { expected: teacher.expected } : {}),
    terms(step) {
      const parts = compare(step, true).map((half) =>
        partTerm(matcher, half, scheduleAt(settings[WEIGHTS[half.part]], step.clock)),
      );
      return [taskTerm(step), ...parts];
    },
    compare,
    teacherSide: teacher.side,
    dispose,
  };
}

/** Each feature's split is drawn from a stream of its name. */
function drawSplit({ name, channels }: FeatureInfo, { ratio, split }: Settings, { random }: MethodContext): ChannelSplit {
  return splitChannels(channels, ratio, split, random.stream(`split/${name}`));
}

/** The parts that have channels. */
function partsOf(splits: readonly ChannelSplit[]): Part[] {
  return PARTS.filter((part) => splits.every((split) => split[part].length > 0));
}

/** The matcher's student side for one part: it sees maps of that part's channel counts. */
function studentSide(
  part: Part,
  matcher: Matcher,
  infos: readonly FeatureInfo[],
  splits: readonly ChannelSplit[],
  teacher: TeacherTarget,
  { random }: MethodContext,
): StudentSide {
  const seen = infos.map((info, i) => ({ ...info, channels: (splits[i] as ChannelSplit)[part].length }));
  return matcher.studentSide(seen, teacher.side, random.child(part));
}

/** Inheritance: + weight · distance. Exploration: − weight · distance, or + weight · repulsion. */
function partTerm(matcher: Matcher, { part, factor, target }: ComparedPart, weight: number): LossTerm {
  const { repulsion, reduction } = matcher;
  const pushes = part === 'exploration';
  if (pushes && typeof repulsion === 'function') return { name: part, value: repulsion(factor, target), weight, reduction };
  return { name: part, value: matcher.distance(factor, target), weight: pushes ? 0 - weight : weight, reduction };
}

function restoreSplits(
  name: string,
  state: Distillation['state'],
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
