/** The teacher's half of a matcher bound to a network: the stages that fit it, and its target in every step. */
import { detached } from '../../engine/detached';
import type { tf } from '../../engine/tf';
import { featureNamed } from '../../models/checks';
import type { FeatureInfo, ForwardResult, Network } from '../../models/types';
import type { Objective } from '../../optim/objective';
import { refuse, refusePhrase } from '../../util/check';
import type { DistanceScale, Distillation, DistillationStep, Factor, Matcher, MethodContext, Stage, TeacherSide } from '../types';

/** A teacher side with its teacher. */
export interface TeacherTarget {
  readonly side: TeacherSide;
  readonly fits: readonly Stage[];
  readonly expected?: DistanceScale;
  /** The target of a step, off the tape. */
  target(step: Pick<DistillationStep, 'teachers'>): Factor;
}

/** Descriptions of a network's features, in the order of `names`. */
export function featureInfos(where: string, network: Network, names: readonly string[]): FeatureInfo[] {
  return names.map((name) => featureNamed(`${where}: features of ${network.name}`, network.features, name));
}

/** A forward pass's maps, in the order of `names`. */
export function featureMaps({ features }: ForwardResult, names: readonly string[]): tf.Tensor4D[] {
  return names.map((name) => {
    const map = features[name];
    if (!map) throw refuse('distillation', `a forward pass with the feature "${name}"`, Object.keys(features));
    return map;
  });
}

/** Binds a matcher's teacher side to the one teacher of a context. */
export function teacherTarget(matcher: Matcher, { teachers, random, sides }: MethodContext): TeacherTarget {
  const teacher = theOne(matcher.name, teachers);
  const names = matcher.reads.teacher;
  const make = (): TeacherSide =>
    matcher.teacherSide(featureInfos(matcher.name, teacher, names), teacher, random.child('teacher'));
  const noted = sides?.get(teacher);
  if (noted) checkMaps(matcher.name, teacher, noted.names, names);
  const side = noted?.side ?? make();
  sides?.set(teacher, { names, side });
  const scale = matcher.expected?.(side.shapes);
  return {
    side,
    fits: fitStages(side, teacher, names),
    ...(scale ? { expected: scale } : {}),
    target: ({ teachers: results }) => detached(() => side.target(featureMaps(theOne(matcher.name, results), names))),
  };
}

/** One teacher side serves all who learn from the network: refuses maps that it was not made for. */
function checkMaps(where: string, { name }: Network, before: readonly string[], now: readonly string[]): void {
  const [expected, received] = [before, now].map((names) => names.join(', ')) as [string, string];
  if (received === expected) return;
  throw refusePhrase(
    where,
    `${name} compared by the same maps with every network, ${expected}`,
    received,
    'name maps that all of them have',
  );
}

function theOne<T>(where: string, teachers: readonly T[]): T {
  if (teachers.length !== 1) throw refuse(where, 'one teacher', teachers.length);
  return teachers[0] as T;
}

function fitStages({ fit, variables }: TeacherSide, teacher: Network, names: readonly string[]): Distillation['fits'] {
  if (!fit) return [];
  const terms: Objective['terms'] = ({ images }) => {
    return fit.terms(
      featureMaps(
        detached(() => teacher.forward(images, { features: names })),
        names,
      ),
    );
  };
  return [{ name: fit.name, objective: { variables, terms }, training: fit.training }];
}
