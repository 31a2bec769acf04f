/**
 * A network's steps with their values in hand, batch norms folded (canonisation): scale · (x ∗ w + b) + shift is x ∗ (scale w) +
 * scale b + shift, scale = γ / √(variance + ε), shift = β − scale · mean. A norm that follows no linear map, as in the blocks of wide
 * ResNets, which begin with one, is a linear map of its own of one weight a channel, under the rule of its place: of x · scale + shift
 * the shift keeps its share.
 */
import { BATCH_NORM_EPSILON } from '../../engine/fused/batchNorm';
import { tf } from '../../engine/tf';
import type { Variables } from '../../engine/variables';
import type {
  ActivationStep,
  FixedStep,
  LayerStep,
  LinearStep,
  NormStep,
  SumStep,
  WinnerStep,
} from '../../models/layers/operations';
import { refusePhrase } from '../../util/check';

/** A linear map with its values. The last axis of the weight is that of the bias, which has one axis. */
export interface LinearMap {
  readonly kind: 'linear';
  readonly place: LinearStep['place'] | 'norm' | 'first';
  readonly weight: tf.Tensor;
  readonly bias: tf.Tensor | undefined;
  readonly apply: LinearStep['apply'];
}

interface Sum {
  readonly kind: 'sum';
  readonly summands: readonly (readonly CanonicalStep[])[];
}

export type CanonicalStep = LinearMap | Sum | FixedStep | WinnerStep | ActivationStep;

/**
 * Tensors of it belong to the caller's tidy.
 * @param where named in errors @throws InputError for a layer that does not say what it does
 */
export function canonical(where: string, steps: readonly LayerStep[], variables: Variables): CanonicalStep[] {
  const done: CanonicalStep[] = [];
  for (const step of steps) {
    const before = done.at(-1);
    if (step.kind !== 'norm') done.push(withValues(where, step, variables));
    else if (before?.kind === 'linear') done.splice(-1, 1, folded(before, step, variables));
    else done.push(alone(step, variables));
  }
  return done;
}

function withValues(where: string, step: Exclude<LayerStep, NormStep>, variables: Variables): CanonicalStep {
  if (step.kind === 'opaque') throw refusePhrase(where, 'layers that say what they do', 'one that does not');
  if (step.kind === 'sum') return sumOf(where, step, variables);
  if (step.kind !== 'linear') return step;
  const { kind, place, weight, bias, apply } = step;
  return { kind, place, apply, weight: variables.get(weight), bias: bias === undefined ? undefined : variables.get(bias) };
}

const sumOf = (where: string, { kind, summands }: SumStep, variables: Variables): Sum => ({
  kind,
  summands: summands.map((path) => canonical(where, path, variables)),
});

/** [channels] each */
function scaleAndShift({ norm }: NormStep, variables: Variables): { readonly scale: tf.Tensor; readonly shift: tf.Tensor } {
  const value = (part: string): tf.Tensor => variables.get(`${norm}.${part}`);
  const scale = tf.mul(value('weight'), tf.rsqrt(tf.add(value('running_var'), BATCH_NORM_EPSILON)));
  return { scale, shift: tf.sub(value('bias'), tf.mul(scale, value('running_mean'))) };
}

function folded({ weight, bias, ...map }: LinearMap, norm: NormStep, variables: Variables): LinearMap {
  const { scale, shift } = scaleAndShift(norm, variables);
  return { ...map, weight: tf.mul(weight, scale), bias: bias ? tf.add(tf.mul(bias, scale), shift) : shift };
}

function alone(norm: NormStep, variables: Variables): LinearMap {
  const { scale, shift } = scaleAndShift(norm, variables);
  return { kind: 'linear', place: 'norm', weight: scale, bias: shift, apply: (x, weight) => tf.mul(x, weight) };
}
