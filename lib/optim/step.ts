/** One step of training: the loss Σ weight · term is differentiated and the optimiser moves the parameters. */
import { differentiate } from '../engine/backward';
import { detached } from '../engine/detached';
import { tf } from '../engine/tf';
import { refuse, refusePhrase } from '../util/check';
import type { Random } from '../util/rng';
import type { Clock, LossTerm, MeasuredTerm, Objective, TensorBatch } from './objective';
import type { Gradients, Optimizer } from './optimizer';

/** What a step works on; `stage` names it in errors. */
export interface TrainStepInput {
  readonly stage: string;
  readonly objective: Objective;
  readonly optimizer: Optimizer;
  readonly batch: TensorBatch;
  readonly clock: Clock;
  readonly learningRate: number;
  /** Of this step alone: a function of its number, so that a resumed run draws the same. Needed for dropout only. */
  readonly random?: Random | undefined;
}

/**
 * Does one step, an update for each of the objective's rounds, and returns the terms as each round met them. Leaks no tensor; the
 * values of a round's terms are read at once. A loss that is not finite leaves the parameters as the round before left them.
 * @throws InputError on such a loss, naming term, step, epoch, stage and the values of all terms of the round
 */
export function trainStep(input: TrainStepInput): MeasuredTerm[] {
  const measured: MeasuredTerm[] = [];
  for (let round = 0; round < (input.objective.rounds ?? 1); round++) measured.push(...trainRound(input, round, measured));
  return measured;
}

function trainRound(input: TrainStepInput, round: number, before: readonly MeasuredTerm[]): MeasuredTerm[] {
  const { stage, objective, optimizer, batch, clock, learningRate, random } = input;
  let measured: MeasuredTerm[] = [];
  tf.tidy(() => {
    const parameters = objective.variables.parameters();
    const { gradients: found } = differentiate(
      () => {
        const terms = objective.terms(batch, clock, random, round);
        checkNames(stage, [...before, ...terms]);
        measured = measure(stage, terms);
        checkFinite(measured, stage, clock);
        return weightedSum(stage, terms);
      },
      parameters.map((p) => p.variable),
    );
    const gradients: Gradients = new Map(
      parameters.flatMap(({ name, variable }) => {
        const gradient = found.get(variable);
        return gradient ? [[name, gradient] as const] : [];
      }),
    );
    optimizer.step(gradients, learningRate);
  });
  return measured;
}

/** Σ weight · value over the terms whose weight is not 0: 0 · NaN would be NaN, and so would its gradient. */
export function weightedLoss(terms: readonly MeasuredTerm[]): number {
  return terms.reduce((sum, { weight, weighted }) => (weight === 0 ? sum : sum + weighted), 0);
}

function weightedSum(stage: string, terms: readonly LossTerm[]): tf.Scalar {
  const addends = terms
    .filter(({ weight }) => weight !== 0)
    .map(({ value, weight }) => (weight === 1 ? value : tf.mul<tf.Scalar>(value, weight)));
  const [first, ...rest] = addends;
  if (!first) {
    throw refusePhrase(`stage "${stage}"`, 'a loss term with a weight other than 0', terms.map((t) => t.name).join(', '));
  }
  return rest.reduce((sum, addend) => tf.add<tf.Scalar>(sum, addend), first);
}

/** Over all rounds: a log has a term's values under its name. */
function checkNames(stage: string, terms: readonly { readonly name: string }[]): void {
  const names = terms.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw refuse(`stage "${stage}"`, 'loss terms with distinct names', twice);
}

/** Values of all terms in one read from the engine. */
function measure(stage: string, terms: readonly LossTerm[]): MeasuredTerm[] {
  for (const { name, value } of terms) {
    if (value.rank !== 0) throw refuse(`stage "${stage}": ${name}`, 'a scalar', value.shape);
  }
  if (terms.length === 0) throw refusePhrase(`stage "${stage}"`, 'at least one loss term', 'none');
  const values = detached(() => tf.tidy(() => tf.stack(terms.map((t) => t.value)).dataSync()));
  return terms.map(({ name, weight, reduction }, i) => {
    const value = values[i] as number;
    return { name, value, weight, weighted: weight * value, ...(reduction === undefined ? {} : { reduction }) };
  });
}

function checkFinite(terms: readonly MeasuredTerm[], stage: string, { step, epoch }: Clock): void {
  const bad = terms.find(({ weight, weighted }) => weight !== 0 && !Number.isFinite(weighted));
  if (!bad) return;
  const place = `step ${step + 1} in epoch ${Math.floor(epoch) + 1} of stage "${stage}"`;
  const all = terms.map(({ name, value, weight }) => `${name} ${value} · ${weight}`).join(', ');
  throw refusePhrase(
    'training',
    'a finite loss',
    `${bad.name} ${bad.value} with weight ${bad.weight} at ${place} (terms: ${all})`,
    'lower the learning rate or the weight of that term',
  );
}
