/** Networks and steps for the tests of methods, on 8×8 images: ResNet-8, whose last map is 2×2×64, and smaller ones. */
import { tf } from 'iekd/dist/engine/tf';
import type { Distillation, DistillationStep, Method } from 'iekd/dist/methods/types';
import { buildNetwork } from 'iekd/dist/models/index';
import type { Network } from 'iekd/dist/models/types';
import { studentObjective } from 'iekd/dist/training/stages';
import type { LossTerm, Objective } from 'iekd/dist/training/types';
import { random } from 'iekd/dist/util/rng';
import { type SmallOptions, smallNetwork } from './smallNetwork';

export interface World {
  readonly student: Network;
  readonly teacher: Network;
  /** So many frozen networks, the teacher first. */
  teachersOf(count: number): Network[];
  /** The networks that learn beside the student: one for methods that have peers. */
  peersOf(peers: boolean): Network[];
  /** The method bound to them; disposed with the world. */
  bind(method: Method, seed?: number): Distillation;
  /** One training-mode step on four images; to be called inside a tidy. */
  step(distillation: Distillation, clock?: DistillationStep['clock']): DistillationStep;
  dispose(): void;
}

const INPUT = [8, 8, 3] as const;

/** A student and a frozen teacher of the same size, from different seeds. */
export function createWorld(input: readonly [number, number, number] = INPUT): World {
  const resnet = (seed: number, size: readonly [number, number, number], shortcut: 'A' | 'B') =>
    buildNetwork({ name: 'resnet8', input: size, shortcut }, random(seed));
  return worldOf(resnet(1, input, 'B'), [resnet(2, INPUT, 'A'), resnet(4, INPUT, 'A')]);
}

/** The same of small networks, all of one kind, and one that learns beside the student; quicker. */
export function smallWorld(options: SmallOptions = {}): World {
  const small = (seed: number): Network => smallNetwork(random(seed), options);
  return worldOf(small(1), [small(2), small(4)], [small(6)]);
}

/** A world of given networks, which it disposes of. */
export function worldOf(student: Network, frozen: readonly Network[], others: readonly Network[] = []): World {
  const teacher = frozen[0] as Network;
  const teachersOf = (count: number): Network[] => frozen.slice(0, count);
  const peersOf = (peers: boolean): Network[] => (peers ? [...others] : []);
  const bound = new Map<Distillation, Method>();
  return {
    student,
    teacher,
    teachersOf,
    peersOf,
    bind(method, seed = 3) {
      const teachers = teachersOf(method.teachers);
      const distillation = method.build({ student, teachers, peers: peersOf(method.peers ?? false), random: random(seed) });
      bound.set(distillation, method);
      return distillation;
    },
    step(distillation, clock = { step: 0, epoch: 0, epochs: 10 }) {
      const { reads } = distillation;
      const { teachers = 1, peers = false } = bound.get(distillation) ?? {};
      const x = images();
      return {
        student: student.forward(x, { training: true, features: reads.student }),
        peers: peersOf(peers).map((one, i) => one.forward(x, { training: true, features: reads.peers?.[i] ?? [] })),
        teachers: teachersOf(teachers).map((one) => one.forward(x, { features: reads.teacher })),
        labels: tf.tensor1d([0, 3, 9, 3], 'int32'),
        clock,
      };
    },
    dispose() {
      for (const one of [student, ...frozen, ...others, ...bound.keys()]) one.dispose();
    },
  };
}

/** Networks that learn from each other. */
export interface Peers {
  readonly networks: readonly Network[];
  /** A method bound to the first so many of them; disposed with them. Default two. */
  bind(method: Method, count?: number): Distillation;
  /** What it minimises. */
  objective(method: Method, count?: number): Objective;
  dispose(): void;
}

/** Given networks, which it disposes of; default three of one size, from different seeds. */
export function createPeers(networks: readonly Network[] = [1, 2, 3].map(resnet8)): Peers {
  const bound: Distillation[] = [];
  const split = (count: number): [Network, Network[]] => [networks[0] as Network, networks.slice(1, count)];
  function bind(method: Method, count = 2): Distillation {
    const [student, peers] = split(count);
    const distillation = method.build({ student, peers, teachers: [], random: random(4) });
    bound.push(distillation);
    return distillation;
  }
  return {
    networks,
    bind,
    objective(method, count = 2) {
      const [student, peers] = split(count);
      return studentObjective(student, [], bind(method, count), peers);
    },
    dispose() {
      for (const one of [...networks, ...bound]) one.dispose();
    },
  };
}

const resnet8 = (seed: number): Network => buildNetwork({ name: 'resnet8', input: INPUT }, random(seed));

/** Four images, or so many; always the same. */
export function images(count = 4): tf.Tensor4D {
  return tf.randomNormal([count, ...INPUT], 0, 1, 'float32', 5);
}

/** A tensor of one value as a number. */
export const number = (value: tf.Scalar): number => value.dataSync()[0] as number;

/** The start of a stage of ten epochs. */
export const CLOCK = { step: 0, epoch: 0, epochs: 10 };

/** Σ weight · value */
export const weightedSum = (terms: readonly LossTerm[]): tf.Scalar =>
  terms.map(({ value, weight }) => tf.mul<tf.Scalar>(value, weight)).reduce((a, b) => tf.add<tf.Scalar>(a, b));
