/** Golden values of training by IE-FT: the library's own `ie(ft())`, training step and optimiser from the file's state. */
import { tf } from '../engine/tf';
import type { TensorData } from '../engine/variables';
import { ft } from '../methods/ft';
import { ie } from '../methods/ie';
import type { Distillation } from '../methods/types';
import type { State } from '../models/torchState';
import type { Network } from '../models/types';
import { sgd } from '../training/optimizer';
import { studentObjective } from '../training/stages';
import { trainStep } from '../training/step';
import type { TermFacts } from '../training/types';
import { refuse } from '../util/check';
import { random } from '../util/rng';
import { type Compared, compareStates } from './goldenCompare';
import type { GoldenFile } from './goldenFile';
import { upload } from './goldenTensors';

const COEFFICIENTS = { learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4, nesterov: true };

/** The terms of every step, and the weights and statistics after the last. Leaves the networks trained. */
export function replayTraining(file: GoldenFile, net: Network, teacher: Network): Compared[] {
  net.variables.load(file.state('after.net'));
  const distillation = buildIeFt(file, net, teacher);
  const objective = studentObjective(net, [teacher], distillation);
  const optimizer = sgd(objective.variables);
  const { steps } = file.facts;
  try {
    loadSides(file, distillation);
    const terms = Array.from({ length: steps }, (_, step) => {
      const { images, labels } = file.batch(step);
      const batch = { images: upload<tf.Tensor4D>(images), labels: tf.tensor1d(labels, 'int32') };
      const clock = { step, epoch: step / steps, epochs: 1 };
      const measured = trainStep({ stage: 'golden', objective, optimizer, batch, clock, coefficients: COEFFICIENTS });
      tf.dispose(batch);
      return termColumns(measured);
    });
    return [...trajectoryRows(file, terms), ...weightRows(file, net, distillation)];
  } finally {
    optimizer.dispose();
    distillation.dispose();
  }
}

/** IE-FT with the sizes of the file's encoders. */
function buildIeFt(file: GoldenFile, net: Network, teacher: Network): Distillation {
  const { channels, factor } = file.facts;
  const [, , half = 0] = file.state('init.enc_inh')['encode.4.weight']?.shape ?? [];
  const method = ie(ft({ rate: factor / channels }), { ratio: half / channels });
  return method.build({ student: net, teachers: [teacher], random: random(0) });
}

/** The fitted teacher side and both student sides of the file. */
function loadSides(file: GoldenFile, { fits, variables }: Distillation): void {
  fits[0]?.objective.variables.load(file.state('ie.enc_t'), 'golden: ie.enc_t');
  const [inheritance, exploration] = [encodersOf(file.state('init.enc_inh')), encodersOf(file.state('init.enc_exp'))];
  const sides = { ...prefixed('inheritance.', inheritance), ...prefixed('exploration.', exploration) };
  variables.load(sides, 'golden: init.enc_inh, init.enc_exp');
}

/** Columns task, inheritance, exploration (negated), total. */
function termColumns(terms: readonly TermFacts[]): number[] {
  const columns = ['task', 'inheritance', 'exploration'].map((name) => {
    const term = terms.find((one) => one.name === name);
    if (!term) throw refuse('golden: trajectory', `a term ${name}`, terms);
    return Math.sign(term.weight) * term.value;
  });
  return [...columns, terms.reduce((sum, { weighted }) => sum + weighted, 0)];
}

/** One row a step: rounding decides late steps before it decides early ones. */
function trajectoryRows(file: GoldenFile, terms: readonly number[][]): Compared[] {
  const { shape, data } = file.tensor('ie.trajectory');
  if (shape[0] !== terms.length || shape[1] !== 4) throw refuse('golden: ie.trajectory', `shape [${terms.length},4]`, shape);
  return terms.map((columns, step) => {
    const expected = { shape: [4], data: data.slice(4 * step, 4 * step + 4) };
    const actual = { shape: [4], data: Float32Array.from(columns) };
    return { group: 'IE-FT trajectory', tensor: `ie.trajectory[${step}]`, expected, actual };
  });
}

function weightRows(file: GoldenFile, net: Network, { variables }: Distillation): Compared[] {
  const group = 'IE-FT weights';
  const sides = variables.snapshot();
  return [
    ...compareStates(group, 'ie.after.net', file.state('ie.after.net'), net.variables.snapshot()),
    ...(['inheritance', 'exploration'] as const).flatMap((part) => {
      const key = `ie.after.enc_${part.slice(0, 3)}`;
      const own = Object.entries(sides).filter(([name]) => name.startsWith(`${part}.`));
      const actual = Object.fromEntries(own.map(([name, value]) => [name.slice(part.length + 1), value]));
      return compareStates(group, key, encodersOf(file.state(key)), actual);
    }),
  ];
}

/** The encoder's part: PyTorch's reference carries decoders for the student too, which nothing trains. */
function encodersOf(state: State): Record<string, TensorData> {
  return Object.fromEntries(Object.entries(state).filter(([name]) => name.startsWith('encode.')));
}

function prefixed(prefix: string, state: State): Record<string, TensorData> {
  return Object.fromEntries(Object.entries(state).map(([name, value]) => [prefix + name, value]));
}
