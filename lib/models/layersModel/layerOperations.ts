/**
 * What a layer of a LayersModel does in evaluation mode, as operations: convolutions with square windows, norms, rectifiers, sums, poolings,
 * Flatten and Dense. Zeros around a map on every side belong to the convolution after them. A layer of another kind is one that does not
 * say what it does; analyses and exporters refuse it by its name.
 */
import { tf } from '../../engine/tf';
import type { Activation } from '../layers/activation';
import { activationOperations } from '../layers/layer';
import type { LayerOperation, LinearOperation, Windows } from '../layers/operations';
import type { GraphNode } from './placedNode';

/** undefined: it does not say. */
type Describe = (node: GraphNode) => readonly LayerOperation[] | undefined;

const BY_CLASS: Readonly<Record<string, Describe>> = {
  Conv2D: (node) => convolution(node, { weight: 'weight', depthwise: false, biased: hasBias(node) }),
  DepthwiseConv2D: (node) => convolution(node, { weight: 'weight', depthwise: true, biased: hasBias(node) }),
  SeparableConv2D(node) {
    const deep = convolution(node, { weight: 'depthwise.weight', depthwise: true, biased: false });
    const point = { ...node, config: {} };
    const wide = convolution(point, { weight: 'pointwise.weight', depthwise: false, biased: hasBias(node) });
    return deep && wide && [...deep, ...wide];
  },
  Dense: (node) => (node.shape.length === 1 ? [product(node)] : undefined),
  BatchNormalization({ name, config }) {
    const { epsilon = 1e-3, scale = true, center = true } = config as { epsilon?: number; scale?: boolean; center?: boolean };
    return [{ kind: 'norm', norm: name, epsilon, without: [...(scale ? [] : ['weight']), ...(center ? [] : ['bias'])] }];
  },
  ReLU: ({ config }) => rectifier(0, config['max_value']),
  LeakyReLU: ({ config }) => rectifier(Number(config['alpha'] ?? 0.3)),
  Activation({ config }) {
    const known: Readonly<Record<string, LayerOperation[]>> = {
      linear: [],
      relu: rectifier(0) ?? [],
      relu6: rectifier(0, 6) ?? [],
    };
    return known[String(config['activation'])];
  },
  ZeroPadding2D({ config }) {
    const around = sidesOf(config['padding']);
    if (config['data_format'] !== undefined || !around) return undefined;
    const run = (x: tf.Tensor4D): tf.Tensor4D => tf.pad(x, [[0, 0], ...around, [0, 0]]);
    return [{ kind: 'fixed', form: { map: 'zeros', around }, run }];
  },
  MaxPooling2D(node) {
    const windows = windowsOf(node, node.config['pool_size'] ?? 2, node.config['pool_size'] ?? 2);
    const run = (x: tf.Tensor4D): tf.Tensor4D => tf.maxPool(x, windows?.size ?? 1, windows?.stride ?? 1, paddingOf(node));
    return windows && [{ kind: 'maxPool', windows, run }];
  },
  AveragePooling2D(node) {
    const windows = windowsOf(node, node.config['pool_size'] ?? 2, node.config['pool_size'] ?? 2);
    const run = (x: tf.Tensor4D): tf.Tensor4D => tf.avgPool(x, windows?.size ?? 1, windows?.stride ?? 1, paddingOf(node));
    return windows && [{ kind: 'fixed', form: { map: 'average', windows }, run }];
  },
  GlobalAveragePooling2D: () => [{ kind: 'fixed', form: { map: 'mean' }, run: (x) => tf.mean(x, [1, 2], true) as tf.Tensor4D }],
  Flatten: () => FLATTEN,
  Reshape: ({ shape }) => (shape.length === 1 ? FLATTEN : undefined),
  Dropout: () => [],
};

const FLATTEN: readonly LayerOperation[] = [
  { kind: 'fixed', form: { map: 'flatten' }, run: (x) => tf.reshape(x, [x.shape[0], 1, 1, -1]) },
];

/** Operations of a layer but a sum, which several paths lead to. */
export function layerOperations(node: GraphNode): readonly LayerOperation[] {
  return BY_CLASS[node.className]?.(node) ?? [{ kind: 'opaque', layer: `${node.name}, ${node.className}` }];
}

interface Convolution {
  readonly weight: string;
  readonly depthwise: boolean;
  readonly biased: boolean;
}

const hasBias = ({ config }: GraphNode): boolean => config['use_bias'] !== false;

function convolution(node: GraphNode, { weight, depthwise, biased }: Convolution): LinearOperation[] | undefined {
  const name = `${node.name}.${weight}`;
  const [height = 1, width = 1, from = 1, to = 1] = node.variables.find((one) => one.name === name)?.shape ?? [];
  const windows = height === width ? windowsOf(node, height, 1) : undefined;
  if (!windows || (depthwise && to !== 1)) return undefined;
  const { stride } = windows;
  const padding = paddingOf(node);
  // Filters of one channel each: Keras has [size, size, channels, 1], the values of [size, size, 1, channels].
  const shape = depthwise ? { shape: [height, width, 1, from] } : {};
  return [
    {
      ...{ kind: 'linear', place: 'convolution', weight: name, ...(biased ? { bias: `${node.name}.bias` } : {}), ...shape },
      ...{ windows, depthwise },
      apply: (x, w) =>
        depthwise
          ? tf.depthwiseConv2d(x, tf.reshape(w, [height, width, from, 1]), stride, padding)
          : tf.conv2d(x, w as tf.Tensor4D, stride, padding),
    },
  ];
}

/** A convolution with so many zeros around its map. */
export function paddedConvolution(operation: LayerOperation, pad: number): LayerOperation | undefined {
  if (operation.kind !== 'linear' || operation.place !== 'convolution' || operation.windows.pad !== 0) return undefined;
  const { apply, windows } = operation;
  const sides: [number, number] = [pad, pad];
  return { ...operation, windows: { ...windows, pad }, apply: (x, w) => apply(tf.pad(x, [[0, 0], sides, sides, [0, 0]]), w) };
}

function product({ name, config }: GraphNode): LinearOperation {
  const apply = (x: tf.Tensor4D, w: tf.Tensor): tf.Tensor4D => {
    const [from, to] = w.shape as [number, number];
    return tf.reshape(tf.matMul(tf.reshape(x, [-1, from]), w), [-1, 1, 1, to]);
  };
  const bias = config['use_bias'] === false ? {} : { bias: `${name}.bias` };
  return { kind: 'linear', place: 'linear', weight: `${name}.weight`, ...bias, apply };
}

function rectifier(slope: number, ceiling?: unknown): LayerOperation[] | undefined {
  if (!(slope >= 0 && slope <= 1)) return undefined;
  const activation: Activation = ceiling === undefined ? { slope } : { slope, ceiling: Number(ceiling) };
  return activationOperations(activation);
}

/** Square ones; undefined for others. */
function windowsOf(node: GraphNode, size: unknown, usualStride: unknown): Windows | undefined {
  const [own, stride] = [squareOf(size), squareOf(node.config['strides'] ?? usualStride)];
  if (own === undefined || stride === undefined) return undefined;
  return { size: own, stride, pad: paddingOf(node) === 'same' ? 'same' : 0, dilation: 1 };
}

const paddingOf = ({ config }: GraphNode): 'same' | 'valid' => (config['padding'] === 'same' ? 'same' : 'valid');

function squareOf(value: unknown): number | undefined {
  const [height, width = height] = Array.isArray(value) ? value : [value];
  return height === width ? Number(height) : undefined;
}

/** `[[top, bottom], [left, right]]`, or in short: `1`, `[1, 2]`. */
function sidesOf(padding: unknown = 1): readonly [[number, number], [number, number]] | undefined {
  const [vertical, horizontal = vertical] = Array.isArray(padding) ? padding : [padding];
  const sides = (value: unknown): [number, number] => {
    const [before, after = before] = (Array.isArray(value) ? value : [value]).map(Number);
    return [before as number, after as number];
  };
  return [sides(vertical), sides(horizontal)];
}
