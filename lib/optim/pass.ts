/**
 * One pass of a step: the terms of a batch and the gradients of their weighted sum. Passes of a stage compute the same from other
 * images, so the engine may repeat them (engine/capture/capturedFunction.ts); one `Passes` for each stage.
 */
import { differentiate } from '../engine/backward';
import { CapturedFunction, type Sees, type TensorFunction } from '../engine/capture/capturedFunction';
import { detached } from '../engine/detached';
import { tf } from '../engine/tf';
import { refuse, refusePhrase } from '../util/check';
import type { Random } from '../util/rng';
import type { Clock, LossTerm, Objective, TensorBatch } from './objective';
import type { Gradients } from './optimizer';
import { watchedClock, watchedNumbers, watchedRandom } from './watched';
import { weightAt } from './weight';

export interface PassInput {
  /** Names the stage in errors. */
  readonly stage: string;
  readonly objective: Objective;
  readonly batch: TensorBatch;
  readonly clock: Clock;
  readonly random: Random | undefined;
  readonly round: number;
}

/** A term, but for its value. */
export interface TermFacts extends Omit<LossTerm, 'value' | 'weight'> {
  /** In this step. */
  readonly weight: number;
}

export interface PassResult {
  readonly terms: readonly TermFacts[];
  /** [terms], in one tensor. */
  readonly values: tf.Tensor1D;
  readonly gradients: Gradients;
  /** To be called when values and gradients have been used. */
  release(): void;
}

/** What a pass gives besides tensors: the same at each pass. */
interface Facts {
  readonly terms: readonly Omit<LossTerm, 'value'>[];
  /** Of the gradients. */
  readonly names: readonly string[];
}

interface Round {
  captured: CapturedFunction;
  facts: Facts;
  /** Which of the weights that change are 0: what is not added to the loss is no part of a recording. */
  zeros: string;
}

const UNKNOWN: Facts = { terms: [], names: [] };

export class Passes {
  private readonly rounds = new Map<number, Round>();

  /** Why the engine does not repeat them; undefined while it does, or may. */
  get reason(): string | undefined {
    return [...this.rounds.values()].map(({ captured }) => captured.reason).find((reason) => reason !== undefined);
  }

  /** Whether the engine repeats the passes of every round. */
  get captured(): boolean {
    return this.rounds.size > 0 && [...this.rounds.values()].every(({ captured }) => captured.captured);
  }

  pass(input: PassInput): PassResult {
    const round = this.rounds.get(input.round) ?? { captured: new CapturedFunction(), facts: UNKNOWN, zeros: '' };
    this.rounds.set(input.round, round);
    const zeros = changingWeights(round.facts, input.clock)
      .map((weight) => weight === 0)
      .join();
    if (zeros !== round.zeros) {
      round.captured.dispose();
      Object.assign(round, { captured: new CapturedFunction(), zeros });
    }
    const variables = input.objective.variables.entries().map(({ variable }) => variable);
    return passOf(input, (inputs, f) => round.captured.call(inputs, f, variables), round);
  }

  dispose(): void {
    for (const { captured } of this.rounds.values()) captured.dispose();
    this.rounds.clear();
  }
}

/** A pass by itself. */
export function onePass(input: PassInput): PassResult {
  return new Passes().pass(input);
}

function passOf(input: PassInput, call: CapturedFunction['call'], kept: { facts: Facts }): PassResult {
  const { batch, clock } = input;
  const { images, targets } = batch;
  const f: TensorFunction = ([own, ...others], sees) => {
    const numbers = batch.numbers && watchedNumbers(batch.numbers, sees);
    const given = { images: own as tf.Tensor4D, targets: others.slice(0, targets.length), numbers };
    const { facts, tensors } = computed(input, given, others.slice(targets.length) as tf.Scalar[], sees);
    kept.facts = facts;
    return tensors;
  };
  const weights = changingWeights(kept.facts, clock).map((weight) => tf.scalar(weight));
  const { outputs, release } = orLetGo(
    () => call([images, ...targets, ...weights], f),
    () => tf.dispose(weights),
  );
  tf.dispose(weights);
  const { terms, names } = kept.facts;
  const [values, ...gradients] = outputs as [tf.Tensor1D, ...tf.Tensor[]];
  return {
    terms: terms.map(({ weight, ...term }) => ({ ...term, weight: weightAt(weight, clock) })),
    values,
    gradients: new Map(names.map((name, i) => [name, gradients[i] as tf.Tensor])),
    release,
  };
}

/** The weights that change over a stage, as they are now, in the order of their terms. */
const changingWeights = ({ terms }: Facts, clock: Clock): number[] =>
  terms.flatMap(({ weight }) => (typeof weight === 'function' ? [weight(clock)] : []));

/** @param weights those that change, where they are known already */
function computed(
  { stage, objective, clock, random, round }: PassInput,
  batch: TensorBatch,
  weights: readonly tf.Scalar[],
  sees: Sees,
): { readonly facts: Facts; readonly tensors: tf.Tensor[] } {
  const parameters = objective.variables.parameters();
  let terms: readonly LossTerm[] = [];
  let values: tf.Tensor1D | undefined;
  const loss = (): tf.Scalar => {
    terms = objective.terms(batch, watchedClock(clock, sees), random && watchedRandom(random, sees), round);
    values = tf.keep(valuesOf(stage, terms)); // beyond the tidy of the differentiation
    return weightedSum(stage, terms, clock, weights);
  };
  const gradients = orLetGo(
    () =>
      differentiate(
        loss,
        parameters.map((p) => p.variable),
      ).gradients,
    () => values?.dispose(),
  );
  const found = parameters.flatMap(({ name, variable }) => {
    const gradient = gradients.get(variable);
    return gradient ? [[name, gradient] as const] : [];
  });
  const facts = { terms: terms.map(({ value: _, ...rest }) => rest), names: found.map(([name]) => name) };
  return { facts, tensors: [values as tf.Tensor1D, ...found.map(([, gradient]) => gradient)] };
}

/** Runs `work`; where it fails, something is let go first. */
function orLetGo<T>(work: () => T, letGo: () => void): T {
  try {
    return work();
  } catch (error) {
    letGo();
    throw error;
  }
}

/** All terms in one tensor, for one read from the engine. */
function valuesOf(stage: string, terms: readonly LossTerm[]): tf.Tensor1D {
  for (const { name, value } of terms) {
    if (value.rank !== 0) throw refuse(`stage "${stage}": ${name}`, 'a scalar', value.shape);
  }
  if (terms.length === 0) throw refusePhrase(`stage "${stage}"`, 'at least one loss term', 'none');
  return detached(() => tf.tidy(() => tf.stack(terms.map(({ value }) => value)) as tf.Tensor1D));
}

/** Σ weight · value over the terms whose weight is not 0. @param given weights that change, as tensors; those missing are made */
function weightedSum(stage: string, terms: readonly LossTerm[], clock: Clock, given: readonly tf.Scalar[]): tf.Scalar {
  const changing = terms.filter(({ weight }) => typeof weight === 'function');
  const addends = terms.flatMap((term) => {
    const weight = weightAt(term.weight, clock);
    if (weight === 0) return [];
    const tensor = given[changing.indexOf(term)];
    if (tensor) return [tf.mul<tf.Scalar>(term.value, tensor)];
    return [weight === 1 ? term.value : tf.mul<tf.Scalar>(term.value, weight)];
  });
  const [first, ...rest] = addends;
  if (!first) {
    throw refusePhrase(`stage "${stage}"`, 'a loss term with a weight other than 0', terms.map((t) => t.name).join(', '));
  }
  return rest.reduce((sum, addend) => tf.add<tf.Scalar>(sum, addend), first);
}
