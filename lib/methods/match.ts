/**
 * Plain feature matching: the whole of a student's features drawn to the teacher's target. `match(ft())` is factor transfer.
 *   loss = task + weight · distance(student's factor, target)
 */
import type { LossTerm } from '../optim/objective';
import type { Schedule } from '../optim/schedule';
import { checkSchedule, scheduleAt } from '../optim/schedule';
import { knownKeys } from '../util/check';
import type { ComparedBranch, Distillation } from './distillation';
import type { Matcher } from './matcher';
import type { Method, MethodContext } from './method';
import { bindMatcher } from './parts/boundMatcher';
import { resolveFeatures } from './parts/featureSelection';
import { noState } from './parts/logits';
import { taskOf, taskTerms } from './parts/task';
import { overTeachers } from './parts/teacherEnsemble';
import { inTwoStages } from './parts/twoStages';

/** + weight · distance(factor, target) */
function distanceTerm(matcher: Matcher, { factor, target }: ComparedBranch, weight: number): LossTerm {
  return { name: matcher.name, value: matcher.distance(factor, target), weight, reduction: matcher.reduction };
}

export interface MatchOptions {
  /** Weight of the distance over epochs; default the matcher's own. */
  readonly weight?: Schedule;
}

/** Names of the options of `match`. */
export const MATCH_OPTIONS: readonly (keyof MatchOptions)[] = ['weight'];

/** A method of the matcher's name. */
export function match(matcher: Matcher, options: MatchOptions = {}): Method {
  knownKeys(matcher.name, options, MATCH_OPTIONS);
  const weight = checkSchedule(`${matcher.name}: weight`, options.weight ?? matcher.weight);
  const { name, teachers = 1 } = matcher;
  const build: Method['build'] = (context) =>
    inTwoStages(matcher, context, () => overTeachers(name, teachers, context, (one) => bind(matcher, weight, one)));
  return { name, options: { ...matcher.options, weight }, teachers, madeOf: { prefix: '', matcher }, build };
}

/** One branch, the whole of each map; it goes by the matcher's name. */
function bind(matcher: Matcher, weight: Schedule, context: MethodContext): Distillation {
  const { name } = matcher;
  const task = taskOf(context);
  const features = resolveFeatures(name, matcher, context);
  const bound = bindMatcher(matcher, features, [{ name: 'student' }], context);
  const compare: Distillation['compare'] = (pair, training) =>
    bound.compare(pair, training).map((whole) => ({ ...whole, branch: name }));
  return {
    ...bound,
    ...noState(name),
    compare,
    terms(step) {
      const compared = compare(step, true).map((whole) => distanceTerm(matcher, whole, scheduleAt(weight, step.clock)));
      return [...taskTerms(task, step), ...compared];
    },
  };
}
