/** The teacher's side of a matcher bound to a network: the stages that fit it, and its target in every step. */
import { detached } from '../../engine/detached';
import type { Network } from '../../models/types';
import type { Objective } from '../../optim/objective';
import { refuse, refusePhrase } from '../../util/check';
import type { DistillationStep, Stage } from '../distillation';
import type { ExpectedDistance, Factor, Matcher, TeacherSide } from '../matcher';
import type { MethodContext } from '../method';
import { featureInfos, featureMaps } from './featureMaps';

/** A teacher side with its teacher. */
export interface TeacherTarget {
  readonly side: TeacherSide;
  /** Stages that fit the side, in order. */
  readonly stages: readonly Stage[];
  readonly expected?: ExpectedDistance;
  /** The target of a step, off the tape. */
  target(step: Pick<DistillationStep, 'teachers'>): Factor;
}

/** Binds a matcher's teacher side to the one teacher of a context. @param names of the maps that it compares */
export function teacherTarget(
  matcher: Matcher,
  names: readonly string[],
  { teachers, random, fitRandom = random, teacherSides }: MethodContext,
): TeacherTarget {
  const teacher = theOne(matcher.name, teachers);
  const make = (): TeacherSide =>
    matcher.teacherSide(featureInfos(matcher.name, teacher, names), teacher, fitRandom.child('teacher'));
  const cached = teacherSides?.get(teacher);
  if (cached) checkMaps(matcher.name, teacher, cached.names, names);
  const side = cached?.side ?? make();
  teacherSides?.set(teacher, { names, side });
  const expected = matcher.distance.expected?.(side.shapes);
  return {
    side,
    stages: fitStages(side, teacher, names),
    ...(expected ? { expected } : {}),
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

function fitStages({ fit, variables }: TeacherSide, teacher: Network, names: readonly string[]): Stage[] {
  if (!fit) return [];
  const terms: Objective['terms'] = ({ images }) => {
    return fit.terms(
      featureMaps(
        detached(() => teacher.forward(images, { features: names })),
        names,
      ),
    );
  };
  const { name, training, dependsOn } = fit;
  return [{ name, objective: { variables, terms }, training, ...(dependsOn ? { fits: { maps: names, ...dependsOn } } : {}) }];
}
