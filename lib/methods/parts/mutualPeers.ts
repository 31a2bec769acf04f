/** The networks of mutual learning, each with a method bound to it: once for every other network, or once where it needs no teacher. */
import { Variables } from '../../engine/variables';
import type { Network } from '../../models/types';
import { knownKeys, refuse, refusePhrase } from '../../util/check';
import { roleOf } from '../../util/networkRoles';
import type { Distillation, MethodState, NetworkFeatureNames } from '../distillation';
import type { CachedTeacherSide, Method, MethodContext } from '../method';
import { taskOf } from './taskTerms';

/** One network's method, bound to one of the others as its teacher. */
export interface TeacherBinding {
  /** The teacher's number among the networks; none for a method without. */
  readonly from: readonly number[];
  readonly distillation: Distillation;
}

/** One of the networks that learn from each other: the student or a peer of it. */
export interface MutualPeer {
  readonly role: string;
  readonly bindings: readonly TeacherBinding[];
  /** The teacher side on its own map, which the others learn from. */
  readonly target: CachedTeacherSide | undefined;
}

/** Binds the method to each network. A network has one teacher side, whoever learns from it, and one split for all its teachers. */
export function bindPeers(name: string, method: Method, context: MethodContext): MutualPeer[] {
  const { student, peers = [], random, images } = context;
  if (peers.length === 0) throw refuse(name, 'at least one peer', 0);
  const networks = [student, ...peers];
  const task = taskOf(context);
  for (const network of networks) task.check(name, network);
  const teacherSides = new Map<Network, CachedTeacherSide>();
  const bound: Distillation[] = [];
  const bind = (i: number, from: readonly number[]): TeacherBinding => {
    const source = from.reduce((r, j) => r.child(roleOf(j)), random.child(roleOf(i)));
    const teachers = from.map((j) => networks[j] as Network);
    const own = { student: networks[i] as Network, teachers, random: source };
    const distillation = method.build({ ...own, teacherSides, task, images });
    bound.push(distillation);
    checkBinding(name, method, distillation);
    return { from, distillation };
  };
  try {
    const bindings = networks.map((_, i) => teachersOf(method, networks.length, i).map((from) => bind(i, from)));
    for (const [first, ...others] of bindings) {
      for (const { distillation } of others) distillation.restore((first as TeacherBinding).distillation.state());
    }
    return bindings.map((own, i) => ({ role: roleOf(i), bindings: own, target: teacherSides.get(networks[i] as Network) }));
  } catch (error) {
    for (const one of bound) one.dispose();
    throw error;
  }
}

/** The teachers of each binding of network `i`. */
function teachersOf({ teachers }: Method, count: number, i: number): number[][] {
  if (teachers === 0) return [[]];
  return Array.from({ length: count }, (_, j) => [j]).filter(([j]) => j !== i);
}

function checkBinding(name: string, method: Method, { pretrainStages = [], teacherStages, teacherSide }: Distillation): void {
  const stages = [...pretrainStages, ...(teacherSide ? [] : teacherStages)];
  if (stages.length === 0) return;
  const received = `${method.name} with a stage "${stages[0]?.name}" before it`;
  throw refusePhrase(name, 'a method of one stage, or one whose teacher side can be fitted on line', received);
}

/** What each network is asked for: the maps that it is compared by as a student, and those that the others learn from. */
export function peerFeatures(networks: readonly MutualPeer[]): NetworkFeatureNames {
  const [student = [], ...peers] = networks.map(({ bindings, target }) => {
    const own = bindings.flatMap(({ distillation }) => distillation.features.student);
    return [...new Set([...own, ...(target?.names ?? [])])];
  });
  return { teacher: [], student, peers };
}

/** What the methods train beside the networks: `student.peer1.…` for a binding, `student.target.…` for a teacher side. */
export function peerVariables(networks: readonly MutualPeer[]): Variables {
  const all = new Variables();
  for (const { role, bindings, target } of networks) {
    for (const { from, distillation } of bindings) {
      all.include(`${[role, ...from.map(roleOf)].join('.')}.`, distillation.variables);
    }
    if (target) all.include(`${role}.target.`, target.side.variables);
  }
  return all;
}

/** The state of each network's method, by its role, where it has one. */
export function peerStates(networks: readonly MutualPeer[]): MethodState {
  const entries = networks.map(({ role, bindings }) => [role, bindings[0]?.distillation.state() ?? {}] as const);
  return Object.fromEntries(entries.filter(([, state]) => Object.keys(state).length > 0));
}

/** Restores what `peerStates` gave. */
export function restorePeers(name: string, networks: readonly MutualPeer[], state: MethodState): void {
  const roles = networks.map(({ role }) => role);
  knownKeys(`${name}: state`, state, roles);
  for (const { role, bindings } of networks) {
    const own = state[role] ?? {};
    if (typeof own !== 'object') throw refuse(`${name}: state: ${role}`, 'an object', own);
    for (const { distillation } of bindings) distillation.restore(own as MethodState);
  }
}
