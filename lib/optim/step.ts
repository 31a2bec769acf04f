/** One step of training: the loss Σ weight · term is differentiated and the optimiser moves the parameters. */
import { differentiate } from '../engine/backward';
import { detached } from '../engine/detached';
import { tf } from '../engine/tf';
import { refuse, refusePhrase } from '../util/check';
import type { Random } from '../util/rng';
import { addGradients, shareOfTerms, sumOfTerms } from './accumulate';
import { clipGradients } from './clipGradients';
import type { Clock, LossTerm, MeasuredTerm, Objective, TensorBatch } from './objective';
import type { Optimizer } from './optimizer';

/** What a step works on; `stage` names it in errors. */
export interface TrainStepInput {
  readonly stage: string;
  readonly objective: Objective;
  readonly optimizer: Optimizer;
  /** One batch, or several that make a step together: its gradient is then the mean over the images of all of them. */
  readonly batch: TensorBatch | readonly TensorBatch[];
  readonly clock: Clock;
  readonly learningRate: number;
  /** Of this step alone: a function of its number, so that a resumed run draws the same. Needed for dropout only. */
  readonly random?: Random | undefined;
  /** The norm that the gradients of a round have at most; absent: they are taken as they are. */
  readonly clip?: number | undefined;
}

/** What a step has measured. */
export interface StepResult {
  /** Terms of all rounds; of several batches their means over the images. */
  readonly terms: MeasuredTerm[];
  /** Norm of all gradients before they were clipped, of several rounds the largest; absent where they are not clipped. */
  readonly gradientNorm?: number;
}

/**
 * Does one step, an update for each of the objective's rounds, and returns the terms as each round met them. Leaks no tensor; the
 * values of a round's terms are read at once. A loss that is not finite leaves the parameters as the round before left them.
 * @throws InputError on such a loss, naming term, step, epoch, stage and the values of all terms of the round
 */
export function trainStep(input: TrainStepInput): MeasuredTerm[] {
  return measuredStep(input).terms;
}

/** As `trainStep`, with the norm of its gradients where they are clipped. */
export function measuredStep(input: TrainStepInput): StepResult {
  const terms: MeasuredTerm[] = [];
  const norms: number[] = [];
  for (let round = 0; round < (input.objective.rounds ?? 1); round++) {
    const found = trainRound(input, round, terms);
    terms.push(...found.terms);
    if (found.gradientNorm !== undefined) norms.push(found.gradientNorm);
  }
  return { terms, ...(norms.length > 0 ? { gradientNorm: Math.max(...norms) } : {}) };
}

function trainRound(input: TrainStepInput, round: number, before: readonly MeasuredTerm[]): StepResult {
  const { stage, optimizer, clock, learningRate, clip } = input;
  const batches = Array.isArray(input.batch) ? (input.batch as readonly TensorBatch[]) : [input.batch as TensorBatch];
  const images = batches.reduce((sum, batch) => sum + batch.images.shape[0], 0);
  const measured: MeasuredTerm[][] = [];
  let gradientNorm: number | undefined;
  tf.tidy(() => {
    let sum = new Map<string, tf.Tensor>();
    for (const [i, batch] of batches.entries()) {
      const { terms, gradients } = differentiated(input, batch, { round, before, part: i });
      const share = batches.length === 1 ? 1 : batch.images.shape[0] / images;
      measured.push(shareOfTerms(terms, share));
      sum = batches.length === 1 ? gradients : addGradients(sum, gradients, share);
    }
    const clipped = clip === undefined ? undefined : clipGradients(placeOf(stage, clock), sum, clip);
    gradientNorm = clipped?.norm;
    optimizer.step(clipped?.gradients ?? sum, learningRate);
  });
  return { terms: sumOfTerms(measured), ...(gradientNorm === undefined ? {} : { gradientNorm }) };
}

/** Which of a step's passes it is. */
interface Pass {
  readonly round: number;
  /** Terms of the rounds before. */
  readonly before: readonly MeasuredTerm[];
  /** Number of the batch among those of the step. */
  readonly part: number;
}

/** Terms of a batch, and the gradients by name, which alone stay of the pass. */
function differentiated(
  { stage, objective, clock, random }: TrainStepInput,
  batch: TensorBatch,
  { round, before, part }: Pass,
): { terms: MeasuredTerm[]; gradients: Map<string, tf.Tensor> } {
  let measured: MeasuredTerm[] = [];
  const parameters = objective.variables.parameters();
  const gradients = tf.tidy(() => {
    const { gradients: found } = differentiate(
      () => {
        const terms = objective.terms(batch, clock, part === 0 ? random : random?.child(`part/${part}`), round);
        checkNames(stage, [...before, ...terms]);
        measured = measure(stage, terms);
        checkFinite(measured, stage, clock);
        return weightedSum(stage, terms);
      },
      parameters.map((p) => p.variable),
    );
    const entries = parameters.flatMap(({ name, variable }) => {
      const gradient = found.get(variable);
      return gradient ? [[name, gradient] as const] : [];
    });
    return Object.fromEntries(entries);
  });
  return { terms: measured, gradients: new Map(Object.entries(gradients)) };
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

function placeOf(stage: string, { step, epoch }: Clock): string {
  return `step ${step + 1} in epoch ${Math.floor(epoch) + 1} of stage "${stage}"`;
}

function checkFinite(terms: readonly MeasuredTerm[], stage: string, clock: Clock): void {
  const bad = terms.find(({ weight, weighted }) => weight !== 0 && !Number.isFinite(weighted));
  if (!bad) return;
  const place = placeOf(stage, clock);
  const all = terms.map(({ name, value, weight }) => `${name} ${value} · ${weight}`).join(', ');
  throw refusePhrase(
    'training',
    'a finite loss',
    `${bad.name} ${bad.value} with weight ${bad.weight} at ${place} (terms: ${all})`,
    'lower the learning rate or the weight of that term',
  );
}
