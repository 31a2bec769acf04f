/**
 * The forward pass of a placed graph. Convolutions, dense layers, batch norms, rectifiers and the global mean are this library's (on
 * `onednn` and `portable` native, with their gradients), dropout draws from the pass's random numbers by name; every other layer is
 * called as tf.layers has it.
 * Batch norms move their statistics as Keras does: m ← momentum · m + (1 − momentum) · batch, with the batch's biased variance, epsilon as
 * configured (0.99 and 1e-3 by default). PyTorch's momentum is one less that of Keras (0.1), its variance the unbiased one, its epsilon 1e-5.
 * A batch norm that is not `trainable` is in evaluation mode also while the rest trains, as in Keras.
 */
import { addBias } from '../../engine/fused/addMaps';
import { batchNormInfer, batchNormTrain } from '../../engine/fused/batchNorm';
import { globalAveragePool } from '../../engine/fused/globalAveragePool';
import { leakyRelu } from '../../engine/fused/leakyRelu';
import { moveStatistics } from '../../engine/fused/movingStatistics';
import { tf } from '../../engine/tf';
import { dropout, type ForwardContext } from '../layers/functional';
import type { PlacedGraph } from './placedGraph';
import type { GraphNode } from './placedNode';
import { INPUT } from './topologyOrder';

/** What a layer makes of its inputs. */
type Compute = (x: tf.Tensor, node: GraphNode, context: ForwardContext) => tf.Tensor;

const COMPUTE: Readonly<Record<string, Compute>> = {
  Conv2D: (x, { name, config }, { variables }) => {
    const { strides = 1, padding = 'valid', use_bias: biased = true } = config as ConvolutionConfig;
    const y = tf.conv2d(x as tf.Tensor4D, variables.get(`${name}.weight`) as never, strides, padding);
    return biased ? addBias(y, variables.get(`${name}.bias`)) : y;
  },
  DepthwiseConv2D: (x, { name, config }, { variables }) => {
    const { strides = 1, padding = 'valid', use_bias: biased = true } = config as ConvolutionConfig;
    const y = tf.depthwiseConv2d(x as tf.Tensor4D, variables.get(`${name}.weight`) as never, strides, padding);
    return biased ? addBias(y, variables.get(`${name}.bias`)) : y;
  },
  Dense: (x, { name, config, layer }, { variables }) => {
    if (x.rank !== 2) return layer.call(x, {}) as tf.Tensor;
    const y = tf.matMul(x, variables.get(`${name}.weight`));
    return config['use_bias'] === false ? y : tf.add(y, variables.get(`${name}.bias`));
  },
  BatchNormalization: (x, node, context) => asMap(x, (map) => batchNorm(map, node, context)),
  Dropout: (x, { name, config }, context) => asMap(x, (map) => dropout(map, name, Number(config['rate']), context)),
  GlobalAveragePooling2D: (x) => globalAveragePool(x as tf.Tensor4D),
  ReLU: (x, { config, layer }) => (config['max_value'] === undefined ? leakyRelu(x, 0) : (layer.call(x, {}) as tf.Tensor)),
  Activation: (x, { config, layer }) => (config['activation'] === 'relu' ? leakyRelu(x, 0) : (layer.call(x, {}) as tf.Tensor)),
};

interface ConvolutionConfig {
  readonly strides?: number | [number, number];
  readonly padding?: 'valid' | 'same';
  readonly use_bias?: boolean;
}

/** Any tensor [batch, …] as maps of one position, and back. */
function asMap(x: tf.Tensor, run: (map: tf.Tensor4D) => tf.Tensor4D): tf.Tensor {
  if (x.rank === 4) return run(x as tf.Tensor4D);
  return tf.reshape(run(tf.reshape(x, [-1, 1, 1, x.shape.at(-1) as number])), x.shape);
}

function batchNorm(x: tf.Tensor4D, { name, config }: GraphNode, { variables, training }: ForwardContext): tf.Tensor4D {
  const { epsilon = 1e-3, momentum = 0.99, scale = true, center = true, trainable = true } = config as BatchNormConfig;
  const own = (part: string): tf.Variable<tf.Rank.R1> => variables.get(`${name}.${part}`) as tf.Variable<tf.Rank.R1>;
  const channels = x.shape[3];
  const gamma = scale ? own('weight') : tf.ones<tf.Rank.R1>([channels]);
  const beta = center ? own('bias') : tf.zeros<tf.Rank.R1>([channels]);
  const moving = { mean: own('running_mean'), variance: own('running_var') };
  if (!training || !trainable) return batchNormInfer(x, gamma, beta, moving.mean, moving.variance, { epsilon });
  const { y, ...batch } = batchNormTrain(x, gamma, beta, { epsilon });
  moveStatistics(moving, batch, 1, 1 - momentum); // a count of 1 leaves the variance biased
  return y;
}

interface BatchNormConfig {
  readonly epsilon?: number;
  readonly momentum?: number;
  readonly scale?: boolean;
  readonly center?: boolean;
  readonly trainable?: boolean;
}

/** What happens at the result of a node: it is looked at, and perhaps replaced. */
export type Visit = (node: string, result: tf.Tensor) => tf.Tensor;

/**
 * Runs all nodes. A map goes as soon as its last reader is through; what a gradient needs of it has been saved by then.
 * @param keeps whether somebody else has a map, so that it stays
 */
export function runGraph(
  { nodes, output }: PlacedGraph,
  x: tf.Tensor4D,
  visit: Visit,
  keeps: (map: tf.Tensor) => boolean,
  context: ForwardContext,
): tf.Tensor2D {
  const results = new Map<string, tf.Tensor>([[INPUT, x]]);
  const readers = new Map<string, number>();
  for (const { inputs } of nodes) for (const name of inputs) readers.set(name, (readers.get(name) ?? 0) + 1);
  for (const node of nodes) {
    const inputs = node.inputs.map((name) => results.get(name) as tf.Tensor);
    const made = tf.tidy(() => compute(node, inputs, context));
    results.set(node.name, visit(node.name, made));
    for (const name of node.inputs) {
      const left = (readers.get(name) ?? 0) - 1;
      readers.set(name, left);
      if (left > 0) continue;
      const map = results.get(name) as tf.Tensor;
      results.delete(name);
      if (map !== x && !keeps(map) && ![...results.values()].includes(map)) map.dispose();
    }
  }
  return results.get(output) as tf.Tensor2D;
}

function compute(node: GraphNode, inputs: readonly tf.Tensor[], context: ForwardContext): tf.Tensor {
  const [first] = inputs as [tf.Tensor];
  const own = COMPUTE[node.className];
  if (own) return own(first, node, context);
  return node.layer.call(inputs.length === 1 ? first : [...inputs], { training: context.training }) as tf.Tensor;
}
