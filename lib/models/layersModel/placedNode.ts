/**
 * A layer of tf.layers at its place: it is asked for the shapes of its weights and of its result, and no weight of its own is made. What
 * it reads when it runs are this library's variables.
 */
import type { tf } from '../../engine/tf';
import type { Variables } from '../../engine/variables';
import { InputError, refuse, refusePhrase } from '../../util/check';
import { count } from '../../util/text';
import { volume } from '../layers/initial';
import type { VariablePlan } from '../layers/variablePlan';
import { type KerasInitializer, kerasInitial } from './kerasInitial';
import { layerClass } from './layerClasses';
import type { TopologyLayer } from './topology';

/** A layer at its place. */
export interface GraphNode extends TopologyLayer {
  readonly layer: tf.layers.Layer;
  /** Of its result for one image. */
  readonly shape: readonly number[];
  readonly variables: readonly VariablePlan[];
  readonly multiplyAdds: number;
}

/** Where the layers of a graph find their weights; set before they run. */
export interface Weights {
  variables: Variables | undefined;
}

/** Values of all weights, and of a map of one image: more than any machine trains. */
export const MOST_VALUES = 1_000_000_000;
const LARGEST_MAP = 500_000_000;

/** Keras's names of weights as a PyTorch state dict has them. */
const NAMES: Readonly<Record<string, string>> = {
  kernel: 'weight',
  depthwise_kernel: 'weight',
  gamma: 'weight',
  beta: 'bias',
  moving_mean: 'running_mean',
  moving_variance: 'running_var',
};

/** @param inputs sizes of what it reads, of one image @throws InputError where the layer cannot stand there */
export function placeNode(
  where: string,
  one: TopologyLayer,
  inputs: readonly (readonly number[])[],
  weights: Weights,
): GraphNode {
  const { trainable: _, ...config } = one.config;
  checkAxis(where, one, inputs[0]?.length ?? 0);
  const make = camelCase({ name: one.name, ...config }) as Record<string, unknown>;
  const { layer, variables, shape } = inWords(where, () => {
    const made = layerClass(where, one.className).make(make);
    const recorded = recordWeights(where, one, made, weights);
    const batched = inputs.map((size) => [null, ...size]);
    const all = (batched.length === 1 ? batched[0] : batched) as never;
    made.build(all);
    return { layer: made, variables: recorded, shape: (made.computeOutputShape(all) as number[]).slice(1) };
  });
  if (!shape.every((n) => Number.isSafeInteger(n) && n >= 1) || volume(shape) > LARGEST_MAP) {
    throw refuse(where, `a map of 1 to ${count(LARGEST_MAP)} values`, shape);
  }
  const positions = shape.length === 3 ? volume(shape.slice(0, 2)) : 1;
  const kernels = variables.filter(({ shape: size }) => size.length >= 2);
  const multiplyAdds = kernels.reduce((sum, { shape: size }) => sum + volume(size) * positions, 0);
  return { ...one, layer, shape, variables, multiplyAdds };
}

/** Norms and softmaxes are over channels. */
function checkAxis(where: string, { className, config }: TopologyLayer, rank: number): void {
  const axis = config['axis'];
  if (axis === undefined || className === 'Concatenate' || [-1, rank].includes(Number(axis))) return;
  throw refuse(`${where}: axis`, `the last one, -1 or ${rank}`, axis);
}

/** The weights that a layer will add when it is built, as plans; the list fills then. */
function recordWeights(where: string, one: TopologyLayer, layer: tf.layers.Layer, weights: Weights): VariablePlan[] {
  const plans: VariablePlan[] = [];
  Reflect.set(layer, 'addWeight', (...[own, shape, , initializer, regularizer, trained = true, constraint]: WeightArguments) => {
    const at = `${where}: ${own}`;
    if (regularizer || constraint) throw refuse(at, 'no regulariser and no constraint', own);
    if (!isSize(shape)) throw refuse(at, `a weight of 1 to ${count(MOST_VALUES)} values`, shape);
    const name = `${one.name}.${variableName(one.className, own)}`;
    const trainable = trained && one.config['trainable'] !== false;
    plans.push({ name, shape, trainable, initial: kerasInitial(at, initializer) });
    const read = (): tf.Variable => (weights.variables as Variables).get(name);
    const write = (value: tf.Tensor): void => void read().assign(value);
    return { name, originalName: own, shape, dtype: 'float32', trainable, read, write };
  });
  return plans;
}

const isSize = (shape: readonly (number | null)[]): shape is readonly number[] =>
  shape.every((n) => Number.isSafeInteger(n) && Number(n) >= 1) && volume(shape as readonly number[]) <= MOST_VALUES;

/** As tf.layers calls `addWeight`. */
type WeightArguments = [
  ...[name: string, shape: readonly (number | null)[], dtype?: string, initializer?: KerasInitializer, regularizer?: unknown],
  ...[trainable?: boolean, constraint?: unknown],
];

/** What a weight of a layer is called here, by Keras's name of it: `kernel` is `weight`. */
export const variableName = (className: string, own: string): string =>
  className === 'SeparableConv2D'
    ? own.replace(/^(depthwise|pointwise)_kernel$/, '$1.weight')
    : Object.hasOwn(NAMES, own)
      ? (NAMES[own] as string)
      : own;

/** What tf.layers refuses is refused in its own words. */
function inWords<T>(where: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw refusePhrase(where, 'a layer that can stand there', error instanceof Error ? error.message : String(error));
  }
}

/** `kernel_size` is `kernelSize` in tf.layers, `channels_last` `channelsLast`; names stay. */
function camelCase(value: unknown, key = ''): unknown {
  if (typeof value === 'string')
    return key === 'name' ? value : value.replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase());
  if (Array.isArray(value)) return value.map((one) => camelCase(one, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [camelCase(name) as string, camelCase(one, name)]));
}
