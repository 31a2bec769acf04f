/** The networks of mutual learning, each with a method bound to it: once for every other network, or once where it needs no teacher. */
import { Variables } from '../../engine/variables';
import type { Network } from '../../models/types';
import { checkTask } from '../../tasks/classification/task';
import { knownKeys, refuse, refusePhrase } from '../../util/check';
import { roleOf } from '../../util/roles';
import type { Distillation, Method, MethodContext, NetworkReads, NotedSide } from '../types';

/** One network's method with its teacher. */
export interface Lesson {
  /** The teacher's number among the networks; none for a method without. */
  readonly from: readonly number[];
  readonly distillation: Distillation;
}

/** A network that learns. */
export interface Learner {
  readonly role: string;
  readonly lessons: readonly Lesson[];
  /** The teacher side on its own map, which the others learn from. */
  readonly target: NotedSide | undefined;
}

/** Binds the method to each network. A network has one teacher side, whoever learns from it, and one split for all its teachers. */
export function bindLearners(name: string, method: Method, { student, peers = [], random }: MethodContext): Learner[] {
  if (peers.length === 0) throw refuse(name, 'at least one peer', 0);
  const networks = [student, ...peers];
  for (const network of networks) checkTask(name, network);
  const sides = new Map<Network, NotedSide>();
  const bound: Distillation[] = [];
  const lesson = (i: number, from: readonly number[]): Lesson => {
    const source = from.reduce((r, j) => r.child(roleOf(j)), random.child(roleOf(i)));
    const teachers = from.map((j) => networks[j] as Network);
    const distillation = method.build({ student: networks[i] as Network, teachers, random: source, sides });
    bound.push(distillation);
    checkLesson(name, method, distillation);
    return { from, distillation };
  };
  try {
    const lessons = networks.map((_, i) => teachersOf(method, networks.length, i).map((from) => lesson(i, from)));
    for (const [first, ...others] of lessons) {
      for (const { distillation } of others) distillation.restore((first as Lesson).distillation.state);
    }
    return lessons.map((own, i) => ({ role: roleOf(i), lessons: own, target: sides.get(networks[i] as Network) }));
  } catch (error) {
    for (const one of bound) one.dispose();
    throw error;
  }
}

/** The teachers of each lesson of network `i`. */
function teachersOf({ teachers }: Method, count: number, i: number): number[][] {
  if (teachers === 0) return [[]];
  return Array.from({ length: count }, (_, j) => [j]).filter(([j]) => j !== i);
}

function checkLesson(name: string, method: Method, { introductions = [], fits, teacherSide }: Distillation): void {
  const stages = [...introductions, ...(teacherSide ? [] : fits)];
  if (stages.length === 0) return;
  const received = `${method.name} with a stage "${stages[0]?.name}" before it`;
  throw refusePhrase(name, 'a method of one stage, or one whose teacher side can be fitted on line', received);
}

/** What each network is asked for: the maps that it is compared by as a student, and those that the others learn from. */
export function learnersReads(learners: readonly Learner[]): NetworkReads {
  const [student = [], ...peers] = learners.map(({ lessons, target }) => {
    const own = lessons.flatMap(({ distillation }) => distillation.reads.student);
    return [...new Set([...own, ...(target?.names ?? [])])];
  });
  return { teacher: [], student, peers };
}

/** What the methods train beside the networks: `student.peer1.…` for a lesson, `student.target.…` for a teacher side. */
export function learnersVariables(learners: readonly Learner[]): Variables {
  const all = new Variables();
  for (const { role, lessons, target } of learners) {
    for (const { from, distillation } of lessons) {
      all.include(`${[role, ...from.map(roleOf)].join('.')}.`, distillation.variables);
    }
    if (target) all.include(`${role}.target.`, target.side.variables);
  }
  return all;
}

/** The state of each network's method, by its role, where it has one. */
export function learnersState(learners: readonly Learner[]): Distillation['state'] {
  const entries = learners.map(({ role, lessons }) => [role, lessons[0]?.distillation.state ?? {}] as const);
  return Object.fromEntries(entries.filter(([, state]) => Object.keys(state).length > 0));
}

/** Restores what `learnersState` gave. */
export function restoreLearners(name: string, learners: readonly Learner[], state: Distillation['state']): void {
  const roles = learners.map(({ role }) => role);
  knownKeys(`${name}: state`, state, roles);
  for (const { role, lessons } of learners) {
    const own = state[role] ?? {};
    if (typeof own !== 'object') throw refuse(`${name}: state: ${role}`, 'an object', own);
    for (const { distillation } of lessons) distillation.restore(own as Distillation['state']);
  }
}
