/** A few steps of training by a method, replayed: the library's own method, objective, step and optimiser from the file's state. */
import { tf } from '../engine/tf';
import type { TensorData, Variables } from '../engine/variables';
import type { Distillation } from '../methods/distillation';
import type { Method } from '../methods/method';
import type { Network } from '../models/types';
import type { MeasuredTerm } from '../optim/objective';
import { sgd } from '../optim/optimizers/sgd';
import { trainStep } from '../optim/step';
import { studentObjective } from '../training/studentObjective';
import { refuse } from '../util/check';
import { random } from '../util/rng';
import { type State, toTorch } from '../weights/torchState';
import { type Compared, compareStates } from './goldenCompare';
import type { GoldenFile } from './goldenFile';
import { upload } from './goldenTensors';

const LEARNING_RATE = 0.1;
/** At most so many values of a tensor are stored where a state is sampled, evenly spaced from its first. */
const SAMPLES = 64;

/** The second half of an auto-encoder, in the names of its tensors. */
const DECODER = 'decode.';

/**
 * Of a decoder that PyTorch's reference carries and the library does not: its parameters, which nothing trains. Its statistics are
 * those of passes through it, of which nothing comes and which the library does not make.
 */
const isUntrained = (name: string): boolean => name.startsWith(DECODER) && !/[.]running_(mean|var)$/.test(name);

/** What a trajectory of a golden file is, and how it is replayed. */
export interface Trajectory {
  /** In the names of its groups: `KD trajectory`, `KD weights`. */
  readonly title: string;
  /** Before the names of its tensors: `kd.trajectory`, `kd.after.net.…` */
  readonly key: string;
  /** The state that the network begins with. */
  readonly start: string;
  /** What the file's second network is to the first. */
  readonly second: 'teacher' | 'peer';
  method(file: GoldenFile): Method;
  /** Names of the terms in the file's columns; the last column is the total. */
  readonly terms: readonly string[];
  /** What the method has variables for. */
  parts(distillation: Distillation): readonly TrajectoryPart[];
  /** Whether the states after it are sampled. */
  readonly sampled: boolean;
}

/** Variables of a method: those whose names begin with `prefix`. */
export interface TrajectoryPart {
  readonly variables: Variables;
  readonly prefix: string;
  /** The state of the file that they begin with; PyTorch's reference may carry a decoder beside, which nothing trains. */
  readonly from: string;
  /** The state of the file after it, below `<key>.after.`; absent for what is frozen. */
  readonly after?: string;
}

/** Names of the two groups of a trajectory. */
export const groupsOf = ({ title }: Trajectory): [string, string] => [`${title} trajectory`, `${title} weights`];

/** Whether a file holds anything of a trajectory. */
export function hasTrajectory(file: GoldenFile, { key }: Trajectory): boolean {
  return file.names().some((name) => name === `${key}.trajectory` || name.startsWith(`${key}.after.`));
}

/** The terms of every step, and the weights and statistics after the last. Leaves the networks trained. */
export function replayTrajectory(file: GoldenFile, trajectory: Trajectory, net: Network, second: Network): Compared[] {
  net.variables.load(file.state(trajectory.start));
  second.variables.load(file.state('init.teacher'));
  const others = { teachers: [], peers: [], [`${trajectory.second}s`]: [second] };
  const { teachers, peers }: Record<'teachers' | 'peers', readonly Network[]> = others;
  const distillation = trajectory.method(file).build({ student: net, teachers, peers, random: random(0) });
  const objective = studentObjective([net, ...peers], teachers, distillation);
  const optimizer = sgd(objective.variables);
  try {
    const parts = trajectory.parts(distillation);
    load(file, parts);
    const rows = Array.from({ length: file.facts.steps }, (_, step) => {
      const { images, labels } = file.batch(step);
      const batch = { images: upload<tf.Tensor4D>(images), targets: [tf.tensor1d(labels, 'int32')] };
      const clock = { step, epoch: step / file.facts.steps, epochs: 1 };
      const measured = trainStep({ stage: 'golden', objective, optimizer, batch, clock, learningRate: LEARNING_RATE });
      tf.dispose(batch);
      return columns(trajectory, measured);
    });
    const networks = [
      ['net', net.variables.snapshot()] as const,
      ...peers.map((peer) => ['peer', peer.variables.snapshot()] as const),
    ];
    const sides = parts.flatMap(({ after, ...part }) =>
      after === undefined ? [] : [[after, { ...idle(file, trajectory, after, part), ...valuesOf(part) }] as const],
    );
    return [...termRows(file, trajectory, rows), ...weightRows(file, trajectory, [...networks, ...sides])];
  } finally {
    optimizer.dispose();
    distillation.dispose();
  }
}

/** Values of a part, by their names after its prefix. */
function valuesOf({ variables, prefix }: Pick<TrajectoryPart, 'variables' | 'prefix'>): State {
  const own = Object.entries(variables.snapshot()).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
}

/** The parameters of the decoder that stands beside an encoder in the whole state after a trajectory: as they began. */
function idle(file: GoldenFile, { key, sampled }: Trajectory, after: string, part: Omit<TrajectoryPart, 'after'>): State {
  const carried = file.names().some((name) => name.startsWith(`${key}.after.${after}.${DECODER}`));
  const own = Object.keys(valuesOf(part)).some((name) => name.startsWith(DECODER));
  return carried && !own && !sampled ? file.state(part.from, isUntrained) : {};
}

/** Writes the file's states into the parts' variables, all of which must be among them. */
function load(file: GoldenFile, parts: readonly TrajectoryPart[]): void {
  for (const variables of new Set(parts.map((part) => part.variables))) {
    const own = parts.filter((part) => part.variables === variables);
    const values = own.flatMap(({ prefix, from }) => {
      const wanted = Object.keys(valuesOf({ variables, prefix }));
      const state = file.state(from, (name) => wanted.includes(name));
      return wanted.flatMap((name) => (state[name] ? [[prefix + name, state[name]] as const] : []));
    });
    variables.load(Object.fromEntries(values), `golden: ${own.map((part) => part.from).join(', ')}`);
  }
}

/** Values in the file's columns: those pushed away negated, the total last. */
function columns({ key, terms }: Trajectory, measured: readonly MeasuredTerm[]): number[] {
  const values = terms.map((name) => {
    const term = measured.find((one) => one.name === name);
    if (!term) throw refuse(`golden: ${key}.trajectory`, `a term ${name}`, measured);
    return Math.sign(term.weight) * term.value;
  });
  return [...values, measured.reduce((sum, { weighted }) => sum + weighted, 0)];
}

/** One row a step: rounding decides late steps before it decides early ones. */
function termRows(file: GoldenFile, trajectory: Trajectory, rows: readonly number[][]): Compared[] {
  const tensor = `${trajectory.key}.trajectory`;
  const width = trajectory.terms.length + 1;
  const { shape, data } = file.tensor(tensor);
  if (shape[0] !== rows.length || shape[1] !== width) {
    throw refuse(`golden: ${tensor}`, `shape [${rows.length},${width}]`, shape);
  }
  return rows.map((values, step) => {
    const expected = { shape: [width], data: data.slice(width * step, width * (step + 1)) };
    const actual = { shape: [width], data: Float32Array.from(values) };
    return { group: groupsOf(trajectory)[0], tensor: `${tensor}[${step}]`, expected, actual };
  });
}

function weightRows(file: GoldenFile, trajectory: Trajectory, states: readonly (readonly [string, State])[]): Compared[] {
  const [, group] = groupsOf(trajectory);
  return states.flatMap(([name, state]) => {
    const key = `${trajectory.key}.after.${name}`;
    const expected = file.state(key, (entry) => entry in state || !entry.startsWith(DECODER));
    if (trajectory.sampled) return compareStates(group, key, expected, sampled(toTorch(state)));
    return compareStates(group, key, expected, state);
  });
}

function sampled(state: State): State {
  const entries = Object.entries(state).map(([name, { data }]) => {
    const values = data.filter((_, i) => i % Math.ceil(data.length / SAMPLES) === 0);
    return [name, { shape: [values.length], data: values } satisfies TensorData] as const;
  });
  return Object.fromEntries(entries);
}
