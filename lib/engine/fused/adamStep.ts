/**
 * One step of Adam (Kingma & Ba 2015, https://arxiv.org/abs/1412.6980) or AdamW (Loshchilov & Hutter 2019,
 * https://arxiv.org/abs/1711.05101), as PyTorch defines them, without AMSGrad. With g the gradient and t the steps of the parameter:
 *   decoupled: w ← (1 − learningRate · weightDecay) · w;  coupled: g ← g + weightDecay · w
 *   m ← β₁ · m + (1 − β₁) · g;  s ← β₂ · s + (1 − β₂) · g²
 *   w ← w − learningRate / (1 − β₁ᵗ) · m / (√s / √(1 − β₂ᵗ) + ε)
 */
import { refuse, sameShape } from '../../util/check';
import { tf } from '../tf';
import { hasKernel, ownValues, runKernel } from './fastKernel';

/** Coefficients of Adam. */
export interface AdamCoefficients {
  readonly learningRate: number;
  /** β₁, of the mean of gradients. */
  readonly beta1: number;
  /** β₂, of the mean of their squares. */
  readonly beta2: number;
  /** ε, added to the root of the mean of squares after its correction. */
  readonly epsilon: number;
  readonly weightDecay: number;
  /** Whether weights decay by themselves (AdamW), rather than by their gradient. */
  readonly decoupled: boolean;
}

/** What one variable's update needs; the tensors of one shape. */
export interface AdamUpdate {
  readonly parameter: tf.Variable;
  /** Moving mean of its gradients. */
  readonly mean: tf.Variable;
  /** Moving mean of their squares. */
  readonly square: tf.Variable;
  readonly gradient: tf.Tensor;
  /** t: its steps, this one included. */
  readonly steps: number;
}

/** What depends on a parameter's steps: learningRate / (1 − β₁ᵗ) and √(1 − β₂ᵗ). */
interface Corrected {
  readonly rate: number;
  readonly root: number;
}

/** Updates parameters and both moving means in place. A snapshot that must survive has to be a copy of the values. */
export function adamStep(updates: readonly AdamUpdate[], c: AdamCoefficients): void {
  for (const { parameter, mean, square, gradient } of updates) {
    const others = [mean, square, gradient].map(({ shape }) => shape);
    if (others.some((shape) => !sameShape(parameter.shape, shape))) {
      throw refuse('adamStep', `means and gradient of shape ${JSON.stringify(parameter.shape)}`, others);
    }
  }
  tf.tidy(() => {
    if (hasKernel('IekdAdamInPlace')) nativeUpdates(updates, c);
    else for (const update of updates) plainUpdate(update, c);
  });
}

function corrected(steps: number, { learningRate, beta1, beta2 }: AdamCoefficients): Corrected {
  return { rate: learningRate / (1 - beta1 ** steps), root: Math.sqrt(1 - beta2 ** steps) };
}

/** All of them in one call of the kernel: its inputs are `parameter0`, `mean0`, `square0`, `gradient0`, `parameter1`, … */
function nativeUpdates(updates: readonly AdamUpdate[], c: AdamCoefficients): void {
  const inputs = updates.flatMap(({ parameter, mean, square, gradient }, i) => [
    [`parameter${i}`, ownValues(parameter)] as const,
    [`mean${i}`, ownValues(mean)] as const,
    [`square${i}`, ownValues(square)] as const,
    [`gradient${i}`, gradient] as const,
  ]);
  const each = updates.map(({ steps }) => corrected(steps, c));
  const attributes = { ...c, rates: each.map(({ rate }) => rate), roots: each.map(({ root }) => root) };
  runKernel('IekdAdamInPlace', Object.fromEntries(inputs), attributes);
}

function plainUpdate({ parameter, mean, square, gradient, steps }: AdamUpdate, c: AdamCoefficients): void {
  const { rate, root } = corrected(steps, c);
  const w = c.decoupled ? tf.mul(parameter, 1 - c.learningRate * c.weightDecay) : parameter;
  const g = c.decoupled ? gradient : tf.add(gradient, tf.mul(parameter, c.weightDecay));
  mean.assign(tf.add(tf.mul(mean, c.beta1), tf.mul(g, 1 - c.beta1)));
  square.assign(tf.add(tf.mul(square, c.beta2), tf.mul(tf.square(g), 1 - c.beta2)));
  const denominator = tf.add(tf.div(tf.sqrt(square), root), c.epsilon);
  parameter.assign(tf.sub(w, tf.mul(tf.div(mean, denominator), rate)));
}
