/** Plain feature matching: the whole of a student's features drawn to the teacher's target. `match(ft())` is factor transfer. */
import { Variables } from '../engine/variables';
import type { Schedule } from '../optim/schedule';
import { checkSchedule, scheduleAt } from '../optim/schedule';
import { taskTerm } from '../tasks/classification/task';
import { knownKeys } from '../util/check';
import { forNetworks } from './parts/featureSelection';
import { noState } from './parts/state';
import { overTeachers } from './parts/teacherEnsemble';
import { featureInfos, featureMaps, type TeacherTarget, teacherTarget } from './parts/teacherTarget';
import { inTwoStages } from './parts/twoStages';
import type { ComparedPart, Distillation, ForwardPair, Matcher, Method, MethodContext, StudentSide } from './types';

export interface MatchOptions {
  /** Weight of the distance over epochs; default the matcher's own. */
  readonly weight?: Schedule;
}

/** Names of the options of `match`. */
export const MATCH_OPTIONS: readonly (keyof MatchOptions)[] = ['weight'];

/** task + weight · distance(student's factor, target): a method of the matcher's name. */
export function match(matcher: Matcher, options: MatchOptions = {}): Method {
  knownKeys(matcher.name, options, MATCH_OPTIONS);
  const weight = checkSchedule(`${matcher.name}: weight`, options.weight ?? matcher.weight);
  const { name, teachers = 1 } = matcher;
  const build: Method['build'] = (context) =>
    inTwoStages(
      matcher,
      overTeachers(name, teachers, context, (one) => bind(forNetworks(name, matcher, one), weight, one)),
    );
  return { name, options: { ...matcher.options, weight }, teachers, madeOf: { prefix: '', matcher }, build };
}

function bind(matcher: Matcher, weight: Schedule, context: MethodContext): Distillation {
  const { name, reads, reduction, teacherMode } = matcher;
  const teacher = teacherTarget(matcher, context);
  const student = studentSide(matcher, teacher, context);
  const compare = (pair: ForwardPair, training: boolean): ComparedPart => {
    const factor = student.factor(featureMaps(pair.student, reads.student), training);
    return { part: name, factor, target: teacher.target(pair) };
  };
  return {
    reads,
    ...(teacherMode ? { teacherMode } : {}),
    fits: teacher.fits,
    variables: new Variables().include('student.', student.variables),
    ...noState(name),
    ...(teacher.expected ? { expected: teacher.expected } : {}),
    terms(step) {
      const { factor, target } = compare(step, true);
      const value = matcher.distance(factor, target);
      return [taskTerm(step), { name, value, weight: scheduleAt(weight, step.clock), reduction }];
    },
    compare: (pair, training) => [compare(pair, training)],
    teacherSide: teacher.side,
    dispose() {
      teacher.side.variables.dispose();
      student.variables.dispose();
    },
  };
}

function studentSide(matcher: Matcher, { side }: TeacherTarget, { student, random }: MethodContext): StudentSide {
  try {
    return matcher.studentSide(featureInfos(matcher.name, student, matcher.reads.student), side, random.child('student'));
  } catch (error) {
    side.variables.dispose();
    throw error;
  }
}
