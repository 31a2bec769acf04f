/** A matcher bound to a student and a teacher: the teacher's target, and a student side for each branch of the student's maps. */
import { selectChannels } from '../../engine/fused/selectChannels';
import type { tf } from '../../engine/tf';
import { Variables } from '../../engine/variables';
import type { FeatureInfo, Network } from '../../models/types';
import type { Distillation } from '../distillation';
import type { Factor, FactorStep, FeatureNames, Matcher, StudentSide } from '../matcher';
import type { MethodContext } from '../method';
import { distanceScale } from './distanceScale';
import { featureInfos, featureMaps } from './featureMaps';
import { taskOf } from './taskTerms';
import { teacherTarget } from './teacherTarget';

/** A branch of the student's maps: all of their channels, or some. */
export interface StudentBranch {
  /** Names its variables and its random numbers. */
  readonly name: string;
  /** The channels that it has of each map, by the map's number; absent: all. */
  channels?(map: number): readonly number[];
  /** What is done to its maps before a student side sees them; absent: nothing. */
  through?(map: tf.Tensor4D): tf.Tensor4D;
  /** A branch before it, whose side it goes through, a constant to it; absent: it has one of its own. */
  readonly sideOf?: string;
}

/** What a distillation has of its matcher; what is left to it are its terms and its state. */
export interface BoundMatcher extends Omit<Distillation, 'terms' | 'state' | 'restore'> {
  readonly weightScale: number;
}

/** Binds the matcher to the features that `resolveFeatures` found. A branch's side sees maps of that branch's channel counts. */
export function bindMatcher(
  matcher: Matcher,
  features: FeatureNames,
  branches: readonly StudentBranch[],
  context: MethodContext,
): BoundMatcher {
  const { name, teacherMode } = matcher;
  const infos = featureInfos(name, context.student, features.student);
  const teacher = teacherTarget(matcher, features.teacher, context);
  const scale = distanceScale(
    matcher.distance,
    teacher.side.shapes,
    featureInfos(name, context.teachers[0] as Network, features.teacher),
    taskOf(context).distanceMap,
  );
  const sides = new Map<string, StudentSide>();
  function dispose(): void {
    for (const { variables } of [teacher.side, ...sides.values()]) variables.dispose();
  }
  try {
    for (const branch of branches.filter(({ sideOf }) => sideOf === undefined)) {
      const part = {
        network: context.student,
        images: context.images,
        ...(branch.channels ? { channels: branch.channels } : {}),
      };
      sides.set(branch.name, matcher.studentSide(seenBy(branch, infos), teacher.side, context.random.child(branch.name), part));
    }
  } catch (error) {
    dispose();
    throw error;
  }
  return {
    features,
    ...(teacherMode ? { teacherMode } : {}),
    teacherStages: teacher.stages,
    variables: [...sides].reduce((all, [branch, { variables }]) => all.include(`${branch}.`, variables), new Variables()),
    ...(teacher.expected ? { expected: teacher.expected } : {}),
    weightScale: scale,
    sizeExponent: matcher.distance.sizeExponent,
    compare(pair, training) {
      const target = teacher.target(pair);
      const maps = featureMaps(pair.student, features.student);
      return branches.map((branch) => {
        const own = maps.map((map, k) => seen(branch, map, k));
        const step = { target, numbers: pair.numbers, random: pair.random?.child(branch.name) };
        return { branch: branch.name, factor: factorOf(branch, sides, own, training, step), target };
      });
    },
    teacherSide: teacher.side,
    dispose,
  };
}

function seenBy(branch: StudentBranch, infos: readonly FeatureInfo[]): FeatureInfo[] {
  return infos.map((info, i) => ({ ...info, channels: branch.channels?.(i).length ?? info.channels }));
}

/** What a branch sees of a map. */
function seen({ channels, through = (map) => map }: StudentBranch, map: tf.Tensor4D, index: number): tf.Tensor4D {
  return through(channels ? selectChannels(map, channels(index)) : map);
}

function factorOf(
  { name, sideOf }: StudentBranch,
  sides: ReadonlyMap<string, StudentSide>,
  maps: readonly tf.Tensor4D[],
  training: boolean,
  step: FactorStep,
): Factor {
  const side = sides.get(sideOf ?? name) as StudentSide;
  const factor = (): Factor => side.factor(maps, training, step);
  return sideOf === undefined ? factor() : side.variables.asConstants(factor);
}
