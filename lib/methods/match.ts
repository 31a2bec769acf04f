/**
 * Plain feature matching: the whole of a student's features drawn to the teacher's target. `match(ft())` is factor transfer.
 *   loss = task + weight · distance(student's factor, target)
 *
 * @example
 * ```ts
 * import { buildNetwork, ft, loadDataset, match, random, start, train } from 'iekd';
 * await start();
 * const data = await loadDataset('fashion-mnist', { train: 256, test: 64 });
 * const network = (name: string, seed: number) => buildNetwork({ name, input: [32, 32, 1] }, random(seed));
 * const [student, teacher] = [network('resnet8', 1), network('resnet14', 2)]; // a teacher worth learning from is trained before
 * const run = await train({ student, teachers: [teacher], method: match(ft()), data, training: { epochs: 1 } });
 * console.log(run.last?.terms); // task and ft: value, weight, weighted
 * ```
 */
import type { LossTerm, Weight } from '../optim/objective';
import type { Schedule } from '../optim/schedule';
import { checkSchedule } from '../optim/schedule';
import { scheduledWeight } from '../optim/weight';
import { knownKeys } from '../util/check';
import type { ComparedBranch, Distillation } from './distillation';
import { matcherIn } from './givenMethod';
import type { Matcher } from './matcher';
import type { Method, MethodContext } from './method';
import { bindMatcher } from './parts/boundMatcher';
import { resolveFeatures } from './parts/featureSelection';
import { noState } from './parts/logitMethod';
import { taskOf, taskTerms } from './parts/taskTerms';
import { overTeachers } from './parts/teacherEnsemble';
import { inTwoStages, logitsOf } from './parts/twoStages';

/** + weight · distance(factor, target) */
function distanceTerm({ name, distance }: Matcher, { factor, target }: ComparedBranch, weight: Weight): LossTerm {
  return { name, value: distance.of(factor, target), weight, reduction: distance.reduction };
}

/** Options of `match`. */
export interface MatchOptions {
  /** Weight of the distance over epochs; default the matcher's own. */
  readonly weight?: Schedule;
}

/** Names of the options of `match`. */
export const MATCH_OPTIONS: readonly (keyof MatchOptions)[] = ['weight'];

/**
 * Plain feature matching: a method of the matcher's name.
 *   loss = task + weight · distance(student's factor, target)
 * A matcher of two stages trains the student by the second term alone first. @throws InputError for unknown options
 *
 * @example
 * ```ts
 * import { fitnet, ft, match } from 'iekd';
 * match(ft({ distance: 'cosine' }), { weight: 10 }); // factor transfer by another distance
 * match(fitnet({ pretrain: 5 })); // five epochs by the hint alone, then by labels
 * ```
 */
export function match(matcher: Matcher, options: MatchOptions = {}): Method {
  matcherIn('match', matcher);
  knownKeys(matcher.name, options, MATCH_OPTIONS);
  const weight = checkSchedule(`${matcher.name}: weight`, options.weight ?? matcher.weights.match);
  const { name, teachers = 1 } = matcher;
  const build: Method['build'] = (context) =>
    inTwoStages(matcher, context, () => overTeachers(name, teachers, context, (one) => bind(matcher, weight, one)));
  return {
    name,
    options: { ...matcher.options, weight },
    teachers,
    ...logitsOf(matcher),
    madeOf: { prefix: '', matcher },
    build,
  };
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
      const compared = compare(step, true).map((whole) =>
        distanceTerm(matcher, whole, scheduledWeight(weight, bound.weightScale)),
      );
      return [...taskTerms(task, step), ...compared];
    },
  };
}
