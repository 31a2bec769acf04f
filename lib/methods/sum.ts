/**
 * Methods together: one student learns from the same teachers by the terms of several methods, so that a published recipe is one line.
 *   loss = the task's terms of the first method + Σ over methods of weight · its own terms
 * The task counts once, with the share that the first method gives it: 1 − α after `kd`, 1 after `supervised` or `ie`. A method of fewer
 * teachers than another has the first of them. Where two methods have a term, a branch or a stage of one name, the number of the method
 * is added: `inheritance.2`.
 */
import { Variables } from '../engine/variables';
import type { LossTerm } from '../optim/objective';
import { checkSchedule, type Schedule, scheduleAt } from '../optim/schedule';
import { weightAt } from '../optim/weight';
import { isObject, knownKeys, listIn, refuse, refusePhrase } from '../util/check';
import type { ComparedBranch, Distillation, ForwardPair, MethodState, NetworkFeatureNames } from './distillation';
import { methodIn } from './givenMethod';
import type { Method } from './method';
import { splitTerms, taskOf } from './parts/taskTerms';

/** A method with the weight of its own terms over epochs. */
export interface WeightedMethod {
  readonly method: Method;
  readonly weight: Schedule;
}

const NAME = 'sum';

/**
 * Several methods at once: the method `sum`.
 *   loss = the task's terms of the first method + Σ over methods of weight · its own terms
 * @param methods each as it is, or with a weight over epochs
 * @throws InputError for none, for what is no method, for methods with peers, and for those that change the student (`simkd`); when bound,
 * for methods that run the teacher in different modes
 *
 * @example
 * ```ts
 * import { at, dkd, ft, ie, kdMethod, match, sum } from 'iekd';
 * sum(dkd(), ie(ft())); // the logits are inherited too
 * sum(kdMethod({ alpha: 0.9, temperature: 4 }), { method: match(at()), weight: { kind: 'cosine', base: 1 } });
 * ```
 */
export function sum(...methods: readonly (Method | WeightedMethod)[]): Method {
  if (methods.length === 0) throw refuse(NAME, 'at least one method', 0);
  const parts = methods.map(weightedMethod);
  for (const { method } of parts) {
    if (method.peers) throw refusePhrase(NAME, 'methods without peers', method.name);
    if (method.student) throw refusePhrase(NAME, 'methods that train the student as it is', method.name);
  }
  return {
    name: NAME,
    options: { of: parts.map(written) },
    teachers: Math.max(...parts.map(({ method }) => method.teachers)),
    ...(parts.some(({ method }) => method.teacherLogits) ? { teacherLogits: true } : {}),
    ...(parts.some(({ method }) => method.splits) ? { splits: true } : {}),
    build: (context) => bind(parts, context),
  };
}

function weightedMethod(given: Method | WeightedMethod, index: number): WeightedMethod {
  const where = `${NAME}: method ${index + 1}`;
  if (!isObject(given) || !('method' in given)) return { method: methodIn(where, given), weight: 1 };
  knownKeys(where, given, ['method', 'weight']);
  const { method, weight = 1 } = given as unknown as WeightedMethod;
  return { method: methodIn(where, method), weight: checkSchedule(`${where}: weight`, weight) };
}

/** As a description has it: the method's own, or with its weight. */
function written({ method: { name, options }, weight }: WeightedMethod): object {
  const spec = { name, ...options };
  return weight === 1 ? spec : { method: spec, weight };
}

/** A method bound, and the teachers that it has. */
interface Part {
  readonly distillation: Distillation;
  readonly teachers: number;
  readonly weight: Schedule;
}

function bind(methods: readonly WeightedMethod[], context: Parameters<Method['build']>[0]): Distillation {
  if (context.teacherSides) throw refusePhrase(NAME, 'frozen teachers', 'networks that learn from each other');
  taskOf(context).check(NAME, context.student);
  const parts: Part[] = [];
  const dispose = (): void => {
    for (const { distillation } of parts) distillation.dispose();
  };
  try {
    for (const { method, weight } of methods) {
      const teachers = context.teachers.slice(0, method.teachers);
      parts.push({ distillation: method.build({ ...context, teachers }), teachers: method.teachers, weight });
    }
    return { ...together(parts), dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

function together(parts: readonly Part[]): Omit<Distillation, 'dispose'> {
  const all = parts.map(({ distillation }) => distillation);
  const own = <T extends ForwardPair>(step: T, { teachers }: Part): T => ({
    ...step,
    teachers: step.teachers.slice(0, teachers),
  });
  const stages = all.map(({ pretrainStages = [] }) => pretrainStages);
  const pretrain = distinct(stages, NAMED).map(({ one, part }) => {
    return { ...one, terms: (step: Parameters<typeof one.terms>[0]) => one.terms(own(step, parts[part] as Part)) };
  });
  const teacherMode = modeOf(all);
  return {
    features: featuresOf(all),
    ...(teacherMode ? { teacherMode } : {}),
    teacherStages: distinct(
      all.map(({ teacherStages }) => teacherStages),
      NAMED,
    ).map(({ one }) => one),
    ...(pretrain.length > 0 ? { pretrainStages: pretrain } : {}),
    variables: all.reduce((variables, one, i) => variables.include(`${i + 1}.`, one.variables), new Variables()),
    state: () => ({ methods: all.map((one) => one.state()) }),
    restore: (state) => restore(all, state),
    terms(step) {
      const found = parts.map((part) => splitTerms(part.distillation.terms(own(step, part))));
      const weighed = found.map(({ own: terms }, i) => terms.map((term) => weighedBy(term, (parts[i] as Part).weight)));
      return [...(found[0]?.task ?? []), ...distinct(weighed, NAMED).map(({ one }) => one)];
    },
    compare(pair, training) {
      const branches = parts.map((part): ComparedBranch[] => part.distillation.compare(own(pair, part), training));
      return distinct(branches, BRANCHES).map(({ one }) => one);
    },
    ...sideOf(all),
  };
}

function weighedBy(term: LossTerm, schedule: Schedule): LossTerm {
  if (schedule === 1) return term;
  return { ...term, weight: (clock) => 0 + scheduleAt(schedule, clock) * weightAt(term.weight, clock) };
}

/** How the name of something is read and changed. */
interface Naming<T> {
  of(one: T): string;
  as<U extends T>(one: U, name: string): U;
}

const NAMED: Naming<{ readonly name: string }> = { of: ({ name }) => name, as: (one, name) => ({ ...one, name }) };
const BRANCHES: Naming<{ readonly branch: string }> = { of: ({ branch }) => branch, as: (one, branch) => ({ ...one, branch }) };

/** All of the lists; where lists share a name, those get the number of their list. */
function distinct<N, T extends N>(
  lists: readonly (readonly T[])[],
  naming: Naming<N>,
): { readonly one: T; readonly part: number }[] {
  const names = lists.map((list) => list.map((one) => naming.of(one)));
  const shared = (name: string, part: number): boolean => names.some((others, i) => i !== part && others.includes(name));
  return lists.flatMap((list, part) =>
    list.map((one) => {
      const name = naming.of(one);
      return { one: shared(name, part) ? naming.as(one, `${name}.${part + 1}`) : one, part };
    }),
  );
}

/** Pairs of maps, each once. */
function featuresOf(all: readonly Distillation[]): NetworkFeatureNames {
  const pairs = all.flatMap(({ features }) => features.teacher.map((teacher, i) => [teacher, features.student[i] as string]));
  const once = pairs.filter(
    ([teacher, student], i) => i === pairs.findIndex((pair) => pair[0] === teacher && pair[1] === student),
  );
  return { teacher: once.map(([teacher]) => teacher as string), student: once.map(([, student]) => student as string) };
}

/** The mode in which the teachers run, which is one for all who look at their maps. */
function modeOf(all: readonly Distillation[]): Distillation['teacherMode'] {
  const modes = [...new Set(all.map(({ teacherMode = 'evaluation' }) => teacherMode))];
  if (modes.length > 1) throw refusePhrase(NAME, 'methods that run the teacher in one mode', modes.join(' and '));
  return modes[0] === 'evaluation' ? undefined : modes[0];
}

/** The teacher side of the first method that has one. */
function sideOf(all: readonly Distillation[]): Pick<Distillation, 'teacherSide'> {
  const side = all.find(({ teacherSide }) => teacherSide)?.teacherSide;
  return side ? { teacherSide: side } : {};
}

function restore(all: readonly Distillation[], state: MethodState): void {
  knownKeys(`${NAME}: state`, state, ['methods']);
  const states = listIn(`${NAME}: state: methods`, 'states', (state['methods'] ?? []) as readonly MethodState[]);
  if (states.length !== all.length)
    throw refuse(`${NAME}: state: methods`, `a state of each of ${all.length} methods`, states.length);
  for (const [i, one] of all.entries()) one.restore(states[i] as MethodState);
}
