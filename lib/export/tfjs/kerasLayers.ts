/**
 * Operations as layers of Keras, those that TensorFlow.js has. Maps are [batch, height, width, channels]; means and what a linear layer
 * makes are [batch, channels]. PyTorch pads on every side what Keras's `same` pads at the end, so a padding is a layer of its own where
 * they differ. A choice of channels and zero channels are cropping and padding of the last axis, which Keras calls `channels_first`.
 */
import type { TensorData } from '../../engine/variables';
import type { Activation } from '../../models/layers/activation';
import type { FixedForm, Windows } from '../../models/layers/operations';
import { refusePhrase } from '../../util/check';
import type { ValuedConvolution, ValuedNorm, ValuedProduct } from '../valued';
import type { GraphWriter, MapValue } from '../walk';
import type { TopologyBuilder } from './kerasTopology';

/** Layers that may end in an activation of their own, which engines compute in the same pass. */
const ACTIVATING: readonly string[] = ['Conv2D', 'DepthwiseConv2D', 'Dense'];

/** How each kind of operation is written. */
export function kerasWriter(build: TopologyBuilder): GraphWriter {
  return {
    convolution: ({ name }, operation) => convolution(build, name, operation),
    product: ({ name }, operation) => product(build, name, operation),
    norm: ({ name }, operation) => norm(build, name, operation),
    maxPool: ({ name }, { windows }) => maxPool(build, name, windows),
    activation: ({ name }, { activation }) => activate(build, name, activation),
    fixed: ({ name, size: [, , channels] }, { form }) => fixed(build, name, form, channels),
    scale: (_, { name }) => {
      throw refusePhrase('exportTfjs', 'layers that Keras has', `the norm of each position ${name}`, 'ONNX has it: exportOnnx');
    },
    sum: (inputs) =>
      build.layer(
        'Add',
        'add',
        inputs.map(({ name }) => name),
      ),
    interleave: (inputs, size) => interleave(build, inputs, size),
  };
}

/** What weights begin as, before those of the file are read: nothing is drawn. */
const ZEROS = { class_name: 'Zeros', config: {} };

function convolution(build: TopologyBuilder, x: string, { name, weight, bias, windows, depthwise }: ValuedConvolution): string {
  const [from, padding] = padded(build, x, windows);
  const { size, stride, dilation } = windows;
  const shared = {
    ...{ kernel_size: [size, size], strides: [stride, stride], dilation_rate: [dilation, dilation], padding },
    ...{ data_format: 'channels_last', activation: 'linear', use_bias: bias !== undefined, bias_initializer: ZEROS },
  };
  const channels = weight.shape[3] as number;
  if (!depthwise) {
    const config = { filters: channels, kernel_initializer: ZEROS, ...shared };
    return build.layer('Conv2D', name, [from], config, { kernel: weight, bias });
  }
  // [size, size, 1, channels] has the values in the order of Keras's [size, size, channels, 1].
  const kernel: TensorData = { shape: [size, size, channels, 1], data: weight.data };
  const config = { depth_multiplier: 1, depthwise_initializer: ZEROS, ...shared };
  return build.layer('DepthwiseConv2D', name, [from], config, { depthwise_kernel: kernel, bias });
}

/** The map to be read, with zeros around it where Keras has no padding of that kind, and Keras's padding. */
function padded(build: TopologyBuilder, x: string, { size, stride, pad, dilation }: Windows): [string, 'same' | 'valid'] {
  const isSame = pad === 'same' || (stride === 1 && 2 * pad === dilation * (size - 1));
  if (isSame) return [x, 'same'];
  if (pad === 0) return [x, 'valid'];
  const around = [pad, pad];
  return [build.layer('ZeroPadding2D', 'pad', [x], { padding: [around, around], data_format: 'channels_last' }), 'valid'];
}

function product(build: TopologyBuilder, x: string, { name, weight, bias }: ValuedProduct): string {
  const config = { units: weight.shape[1], activation: 'linear', use_bias: bias !== undefined, kernel_initializer: ZEROS };
  return build.layer('Dense', name, [x], { ...config, bias_initializer: ZEROS }, { kernel: weight, bias });
}

function norm(build: TopologyBuilder, x: string, { name, gamma, beta, mean, variance, epsilon }: ValuedNorm): string {
  const config = { axis: 3, epsilon, momentum: 0.9, center: true, scale: true };
  return build.layer('BatchNormalization', name, [x], config, { gamma, beta, moving_mean: mean, moving_variance: variance });
}

/** Zeros around a rectified map are as good as −∞: there is no value below them. */
function maxPool(build: TopologyBuilder, x: string, windows: Windows): string {
  const { size, stride, pad } = windows;
  if (pad !== 'same' && pad > 0 && !rectified(build, x)) {
    throw refusePhrase('exportTfjs', 'padded max pooling of a rectified map', 'one of another map', 'ONNX has it: exportOnnx');
  }
  const [from, padding] = pad === 'same' ? ([x, 'same'] as const) : padded(build, x, { ...windows, stride: Math.max(stride, 2) });
  const config = { pool_size: [size, size], strides: [stride, stride], padding, data_format: 'channels_last' };
  return build.layer('MaxPooling2D', 'pool', [from], config);
}

const lastOf = (build: TopologyBuilder, name: string) => build.layers.find((layer) => layer.name === name);

function rectified(build: TopologyBuilder, name: string): boolean {
  const layer = lastOf(build, name);
  return layer?.class_name === 'ReLU' || layer?.config['activation'] === 'relu';
}

function activate(build: TopologyBuilder, x: string, { slope, ceiling }: Activation): string {
  if (ceiling !== undefined) {
    if (slope === 0) return build.layer('ReLU', 'relu', [x], { max_value: ceiling });
    throw refusePhrase('exportTfjs', 'rectifiers that Keras has', `slope ${slope} below a ceiling`, 'ONNX has it: exportOnnx');
  }
  if (slope > 0) return build.layer('LeakyReLU', 'relu', [x], { alpha: slope });
  const layer = lastOf(build, x);
  if (!layer || !ACTIVATING.includes(layer.class_name)) return build.layer('Activation', 'relu', [x], { activation: 'relu' });
  layer.config['activation'] = 'relu'; // nothing else reads what a layer makes before its activation
  return x;
}

function fixed(build: TopologyBuilder, x: string, form: FixedForm, channels: number): string {
  if (form.map === 'mean') return build.layer('GlobalAveragePooling2D', 'mean', [x], { data_format: 'channels_last' });
  if (form.map === 'channels') return channelRange(build, x, form.indices, channels);
  if (form.map === 'zeros') {
    return build.layer('ZeroPadding2D', 'pad', [x], { padding: form.around, data_format: 'channels_last' });
  }
  if (form.map === 'average') {
    const { size, stride, pad } = form.windows;
    const padding = pad === 'same' ? 'same' : 'valid';
    const config = { pool_size: [size, size], strides: [stride, stride], padding, data_format: 'channels_last' };
    return build.layer('AveragePooling2D', 'pool', [x], config);
  }
  if (form.map === 'flatten') return build.layer('Flatten', 'flatten', [x], {});
  const strides = [form.stride, form.stride];
  const every = { pool_size: [1, 1], strides, padding: 'valid', data_format: 'channels_last' };
  const strided = build.layer('AveragePooling2D', 'shortcut', [x], every);
  const zeros = [form.before, form.to - channels - form.before];
  return build.layer('ZeroPadding2D', 'shortcut', [strided], { padding: [[0, 0], zeros], data_format: 'channels_first' });
}

function channelRange(build: TopologyBuilder, x: string, indices: readonly number[], channels: number): string {
  const [from = 0] = indices;
  if (indices.some((index, i) => index !== from + i)) {
    throw refusePhrase('exportTfjs', 'channels that follow each other', 'a choice of others', 'ONNX has it: exportOnnx');
  }
  const cropping = [
    [0, 0],
    [from, channels - from - indices.length],
  ];
  return build.layer('Cropping2D', 'channels', [x], { cropping, data_format: 'channels_first' });
}

/** Channels of two maps in turn, as a channel shuffle of two groups. */
function interleave(build: TopologyBuilder, inputs: readonly MapValue[], [height, width, channels]: MapValue['size']): string {
  const names = inputs.map(({ name }) => name);
  const joined = build.layer('Concatenate', 'shuffle', names, { axis: 3 });
  const groups = build.layer('Reshape', 'shuffle', [joined], { target_shape: [height, width, 2, channels / 2] });
  const turned = build.layer('Permute', 'shuffle', [groups], { dims: [1, 2, 4, 3] });
  return build.layer('Reshape', 'shuffle', [turned], { target_shape: [height, width, channels] });
}
