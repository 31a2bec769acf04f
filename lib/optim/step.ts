/** One step of training: the loss Σ weight · term is differentiated and the optimiser moves the parameters. */
import { tf } from '../engine/tf';
import { refuse, refusePhrase } from '../util/check';
import type { Random } from '../util/rng';
import { addGradients, shareOfTerms, sumOfTerms } from './accumulate';
import { clipGradients } from './clipGradients';
import type { Clock, MeasuredTerm, Objective, TensorBatch } from './objective';
import type { Gradients, Optimizer } from './optimizer';
import { onePass, type Passes, type TermFacts } from './pass';

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
  /** Of the stage: passes that the engine may repeat; absent: each is computed by itself. */
  readonly passes?: Passes | undefined;
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
    let sum: Gradients = new Map();
    let last: (() => void) | undefined;
    for (const [i, batch] of batches.entries()) {
      const { terms, gradients, release } = passed(input, batch, { round, before, part: i });
      const share = batches.length === 1 ? 1 : batch.images.shape[0] / images;
      measured.push(shareOfTerms(terms, share));
      sum = batches.length === 1 ? gradients : addGradients(sum, gradients, share);
      if (batches.length === 1) last = release;
      else release();
    }
    const clipped = clip === undefined ? undefined : clipGradients(placeOf(stage, clock), sum, clip);
    gradientNorm = clipped?.norm;
    optimizer.step(clipped?.gradients ?? sum, learningRate);
    last?.();
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

/** Terms of a batch, and the gradients by name, until they are released. */
function passed(
  { stage, objective, clock, random, passes }: TrainStepInput,
  batch: TensorBatch,
  { round, before, part }: Pass,
): { readonly terms: MeasuredTerm[]; readonly gradients: Gradients; release(): void } {
  const own = part === 0 ? random : random?.child(`part/${part}`);
  const input = { stage, objective, batch, clock, random: own, round };
  const { terms, values, gradients, release } = passes ? passes.pass(input) : onePass(input);
  try {
    checkNames(stage, [...before, ...terms]);
    const measured = measure(terms, values);
    checkFinite(measured, stage, clock);
    return { terms: measured, gradients, release };
  } catch (error) {
    release();
    throw error;
  }
}

/** Σ weight · value over the terms whose weight is not 0: 0 · NaN would be NaN, and so would its gradient. */
export function weightedLoss(terms: readonly MeasuredTerm[]): number {
  return terms.reduce((sum, { weight, weighted }) => (weight === 0 ? sum : sum + weighted), 0);
}

/** Over all rounds: a log has a term's values under its name. */
function checkNames(stage: string, terms: readonly { readonly name: string }[]): void {
  const names = terms.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw refuse(`stage "${stage}"`, 'loss terms with distinct names', twice);
}

function measure(terms: readonly TermFacts[], read: tf.Tensor1D): MeasuredTerm[] {
  const values = read.dataSync();
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
