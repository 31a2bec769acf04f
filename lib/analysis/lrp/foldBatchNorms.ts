/**
 * A network's operations with their values in hand, batch norms folded (canonisation): scale · (x ∗ w + b) + shift is x ∗ (scale w) +
 * scale b + shift, scale = γ / √(variance + ε), shift = β − scale · mean. A norm that follows no linear map, as in the blocks of wide
 * ResNets, which begin with one, is a linear map of its own of one weight a channel, under the rule of its place: of x · scale + shift
 * the shift keeps its share.
 */
import { BATCH_NORM_EPSILON } from '../../engine/fused/batchNorm';
import { interleaveChannels } from '../../engine/fused/interleaveChannels';
import { tf } from '../../engine/tf';
import type { Variables } from '../../engine/variables';
import type {
  ActivationOperation,
  FixedOperation,
  InterleaveOperation,
  LayerOperation,
  LinearOperation,
  MaxPoolOperation,
  NormOperation,
  SumOperation,
} from '../../models/layers/operations';
import { refusePhrase } from '../../util/check';

/** A linear map with its values. The last axis of the weight is that of the bias, which has one axis. */
export interface LinearMap {
  readonly kind: 'linear';
  readonly place: LinearOperation['place'] | 'norm' | 'first';
  readonly weight: tf.Tensor;
  readonly bias: tf.Tensor | undefined;
  readonly apply: LinearOperation['apply'];
}

interface Sum {
  readonly kind: 'sum';
  readonly summands: readonly (readonly CanonicalOperation[])[];
}

/** A norm of each position, with its values. */
interface Scale {
  readonly kind: 'scale';
  run(x: tf.Tensor4D): tf.Tensor4D;
}

/** A fixed linear map; its form does not matter here. */
export type Fixed = Pick<FixedOperation, 'kind' | 'run'>;

export type CanonicalOperation = LinearMap | Sum | Scale | Fixed | MaxPoolOperation | ActivationOperation;

/**
 * Tensors of it belong to the caller's tidy.
 * @param where named in errors @throws InputError for a layer that does not say what it does
 */
export function canonical(where: string, operations: readonly LayerOperation[], variables: Variables): CanonicalOperation[] {
  const done: CanonicalOperation[] = [];
  for (const operation of operations) {
    const before = done.at(-1);
    if (operation.kind !== 'norm') done.push(withValues(where, operation, variables));
    else if (before?.kind === 'linear') done.splice(-1, 1, folded(before, operation, variables));
    else done.push(alone(operation, variables));
  }
  return done;
}

function withValues(where: string, operation: Exclude<LayerOperation, NormOperation>, variables: Variables): CanonicalOperation {
  if (operation.kind === 'opaque')
    throw refusePhrase(where, 'layers that say what they do', operation.layer ?? 'one that does not');
  if (operation.kind === 'sum') return sumOf(where, operation, variables);
  if (operation.kind === 'interleave') return interleaved(where, operation, variables);
  if (operation.kind === 'scale') return { kind: 'scale', run: (x) => operation.run(x, variables.get(operation.weight)) };
  if (operation.kind !== 'linear') return operation;
  const { kind, place, weight, shape, bias, apply } = operation;
  const own: tf.Tensor = variables.get(weight);
  return {
    kind,
    place,
    apply,
    weight: shape ? tf.reshape(own, [...shape]) : own,
    bias: bias === undefined ? undefined : variables.get(bias),
  };
}

const sumOf = (where: string, { kind, summands }: SumOperation, variables: Variables): Sum => ({
  kind,
  summands: summands.map((path) => canonical(where, path, variables)),
});

/** Two branches in turn: the sum of both, each with its channels where they come to lie, between zeros. */
const interleaved = (where: string, { branches }: InterleaveOperation, variables: Variables): Sum => ({
  kind: 'sum',
  summands: branches.map((path, i) => [...canonical(where, path, variables), i === 0 ? EVEN_PLACES : ODD_PLACES]),
});

const EVEN_PLACES: Fixed = { kind: 'fixed', run: (x) => interleaveChannels(x, tf.zerosLike(x)) };
const ODD_PLACES: Fixed = { kind: 'fixed', run: (x) => interleaveChannels(tf.zerosLike(x), x) };

/** [channels] each */
function scaleAndShift(operation: NormOperation, variables: Variables): { readonly scale: tf.Tensor; readonly shift: tf.Tensor } {
  const { norm, epsilon = BATCH_NORM_EPSILON, without = [] } = operation;
  const value = (part: string): tf.Tensor | number =>
    without.includes(part) ? (part === 'weight' ? 1 : 0) : variables.get(`${norm}.${part}`);
  const scale = tf.mul(value('weight'), tf.rsqrt(tf.add(value('running_var'), epsilon)));
  return { scale, shift: tf.sub(value('bias'), tf.mul(scale, value('running_mean'))) };
}

function folded({ weight, bias, ...map }: LinearMap, norm: NormOperation, variables: Variables): LinearMap {
  const { scale, shift } = scaleAndShift(norm, variables);
  return { ...map, weight: tf.mul(weight, scale), bias: bias ? tf.add(tf.mul(bias, scale), shift) : shift };
}

function alone(norm: NormOperation, variables: Variables): LinearMap {
  const { scale, shift } = scaleAndShift(norm, variables);
  return { kind: 'linear', place: 'norm', weight: scale, bias: shift, apply: (x, weight) => tf.mul(x, weight) };
}
