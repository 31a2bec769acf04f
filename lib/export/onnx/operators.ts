/**
 * Operations as nodes of ONNX, opset 17 (https://onnx.ai/onnx/operators/). Maps are [batch, channels, height, width]; what a linear layer
 * makes is [batch, channels].
 */
import type { TensorData } from '../../engine/variables';
import type { Activation } from '../../models/layers/activation';
import type { FixedForm, Windows } from '../../models/layers/operations';
import { permuteAxes } from '../../weights/torchState';
import type { ValuedConvolution, ValuedNorm, ValuedProduct } from '../valued';
import type { GraphWriter, MapValue } from '../walk';
import type { Attribute, GraphBuilder } from './graph';

/** Axes of a map. */
const AXIS = { channels: 1, height: 2, width: 3 } as const;

/** How each kind of operation is written. */
export function onnxWriter(build: GraphBuilder): GraphWriter {
  return {
    convolution: ({ name }, operation) => convolution(build, name, operation),
    product: ({ name }, operation) => product(build, name, operation),
    norm: ({ name }, operation) => norm(build, name, operation),
    maxPool: ({ name }, { windows }) => build.node('MaxPool', [name], 'pool', windowAttributes(windows)),
    activation: ({ name }, { activation }) => activate(build, name, activation),
    fixed: ({ name, size: [, , channels] }, { form }) => fixed(build, name, form, channels),
    scale(x, { name, weight, epsilon }) {
      const squares = build.node('ReduceSumSquare', [x.name], name, { axes: [AXIS.channels], keepdims: 1 });
      const summed = build.node('Add', [squares, build.floats(`${name}.epsilon`, [], Float32Array.of(epsilon))], name);
      const unit = build.node('Div', [x.name, build.node('Sqrt', [summed], name)], name);
      return build.node('Mul', [unit, build.floats(`${name}.weight`, [weight.data.length, 1, 1], weight.data)], name);
    },
    sum: (inputs) => inputs.map(({ name }) => name).reduce((left, right) => build.node('Add', [left, right], 'residual')),
    interleave: ([first, second], size) => interleave(build, [first.name, second.name], size),
  };
}

function convolution(build: GraphBuilder, x: string, { name, weight, bias, windows, depthwise }: ValuedConvolution): string {
  const inputs = [x, ...parameters(build, name, filter(weight), bias)];
  const [to] = weight.shape.slice(-1) as [number];
  return build.node('Conv', inputs, name, { ...windowAttributes(windows), group: depthwise ? to : 1 });
}

/** [size, size, from, to] → [to, from, size, size]; of a depthwise one from is 1, which is ONNX's own form of it. */
const filter = (weight: TensorData): TensorData => permuteAxes(weight, [3, 2, 0, 1]);

function product(build: GraphBuilder, x: string, { name, weight, bias }: ValuedProduct): string {
  const flat = build.node('Flatten', [x], name);
  return build.node('Gemm', [flat, ...parameters(build, name, permuteAxes(weight, [1, 0]), bias)], name, { transB: 1 });
}

function parameters(build: GraphBuilder, name: string, weight: TensorData, bias: TensorData | undefined): string[] {
  const constant = (part: string, { shape, data }: TensorData): string => build.floats(`${name}.${part}`, shape, data);
  return [constant('weight', weight), ...(bias ? [constant('bias', bias)] : [])];
}

function norm(build: GraphBuilder, x: string, { name, gamma, beta, mean, variance, epsilon }: ValuedNorm): string {
  const parts = { weight: gamma, bias: beta, running_mean: mean, running_var: variance };
  const inputs = Object.entries(parts).map(([part, { shape, data }]) => build.floats(`${name}.${part}`, shape, data));
  return build.node('BatchNormalization', [x, ...inputs], name, { epsilon: { float: epsilon } });
}

function windowAttributes({ size, stride, pad, dilation }: Windows): Record<string, Attribute> {
  const around: Record<string, Attribute> = pad === 'same' ? { auto_pad: 'SAME_UPPER' } : { pads: [pad, pad, pad, pad] };
  const spread: Record<string, Attribute> = dilation === 1 ? {} : { dilations: [dilation, dilation] };
  return { kernel_shape: [size, size], strides: [stride, stride], ...around, ...spread };
}

function activate(build: GraphBuilder, x: string, { slope, ceiling }: Activation): string {
  const bound = (value: number): string => build.floats(`bound.${value}`, [], Float32Array.of(value));
  if (slope === 0)
    return ceiling === undefined ? build.node('Relu', [x], 'relu') : build.node('Clip', [x, bound(0), bound(ceiling)], 'relu');
  const leaky = slope === 1 ? x : build.node('LeakyRelu', [x], 'relu', { alpha: { float: slope } });
  return ceiling === undefined ? leaky : build.node('Min', [leaky, bound(ceiling)], 'relu');
}

function fixed(build: GraphBuilder, x: string, form: FixedForm, channels: number): string {
  if (form.map === 'mean') return build.node('GlobalAveragePool', [x], 'mean');
  if (form.map === 'channels') {
    return build.node('Gather', [x, build.integers('channels', form.indices)], 'channels', { axis: AXIS.channels });
  }
  if (form.map === 'zeros') {
    const [[top, bottom], [left, right]] = form.around;
    return build.node('Pad', [x, build.integers('pads', [0, 0, top, left, 0, 0, bottom, right])], 'pad');
  }
  if (form.map === 'average') return build.node('AveragePool', [x], 'pool', windowAttributes(form.windows));
  if (form.map === 'flatten') {
    const rows = build.node('Transpose', [x], 'flatten', { perm: [0, 2, 3, 1] });
    return build.node('Reshape', [rows, build.integers('shape', [0, -1, 1, 1])], 'flatten');
  }
  const ends = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  const [axes, steps] = [
    [AXIS.height, AXIS.width],
    [form.stride, form.stride],
  ];
  const bounds = [[0, 0], ends, axes, steps].map((values) => build.integers('slice', values));
  const every = build.node('Slice', [x, ...bounds], 'shortcut');
  const after = form.to - channels - form.before;
  return build.node('Pad', [every, build.integers('pads', [0, form.before, 0, 0, 0, after, 0, 0])], 'shortcut');
}

/** Channels of two maps in turn, as a channel shuffle of two groups. @param size of an image's result */
function interleave(build: GraphBuilder, inputs: readonly string[], [height, width, channels]: MapValue['size']): string {
  const joined = build.node('Concat', inputs, 'shuffle', { axis: AXIS.channels });
  const shaped = (x: string, shape: readonly number[]): string =>
    build.node('Reshape', [x, build.integers('shape', shape)], 'shuffle');
  const groups = shaped(joined, [0, 2, channels / 2, height, width]); // 0: the batch, as it is
  return shaped(build.node('Transpose', [groups], 'shuffle', { perm: [0, 2, 1, 3, 4] }), [0, channels, height, width]);
}
