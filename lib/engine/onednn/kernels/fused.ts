/** The library's own ops (engine/fused) and the kernels of their gradients. Shapes were checked by the ops. */
import { tf } from '../../tf';
import type { MapValues } from '../onednnBackend';
import { input, type NativeCall, type NativeKernel } from './types';
import { rectify } from './unary';

const number = (call: NativeCall, name: string): number => call.attrs[name] as number;
const floats = (call: NativeCall, name: string): Float32Array => call.backend.floats(input(call, name));
/** Slope and ceiling of an activation. */
const activation = (call: NativeCall): number[] => [
  number(call, 'slope'),
  (call.attrs['ceiling'] as number | undefined) ?? Infinity,
];
const map = (call: NativeCall, name: string): MapValues => call.backend.map(input(call, name));
const optionalMap = (call: NativeCall, name: string): MapValues | undefined => (call.inputs[name] ? map(call, name) : undefined);

/** Rows of `channels` values: all axes but the last, and the last. */
function rowsOf(shape: readonly number[]): [rows: number, channels: number] {
  const channels = shape[shape.length - 1] ?? 1;
  return [tf.util.sizeFromShape([...shape]) / channels, channels];
}

const batchNorm: NativeKernel = {
  name: 'IekdBatchNorm',
  uses: ['BatchNorm'],
  run(call) {
    const { shape } = input(call, 'x');
    const [rows, channels] = rowsOf(shape);
    const [y, mean, variance] = [call.backend.mapOutput(shape), call.backend.output([channels]), call.backend.output([channels])];
    const inputs = [map(call, 'x'), floats(call, 'gamma'), floats(call, 'beta'), optionalMap(call, 'residual')];
    const scalars = [rows, channels, number(call, 'epsilon'), ...activation(call)];
    call.native('BatchNorm')(...scalars, ...inputs, y.values, mean.values, variance.values);
    return [y.info, mean.info, variance.info];
  },
};

/** The same: its gradient keeps the result. */
const batchNormResidual: NativeKernel = { ...batchNorm, name: 'IekdBatchNormResidual' };

const batchNormInfer: NativeKernel = {
  name: 'IekdBatchNormInfer',
  uses: ['BatchNormInfer'],
  run(call) {
    const { shape } = input(call, 'x');
    const y = call.backend.mapOutput(shape);
    const parameters = ['gamma', 'beta', 'mean', 'variance'].map((name) => floats(call, name));
    const scalars = [...rowsOf(shape), number(call, 'epsilon'), ...activation(call)];
    call.native('BatchNormInfer')(...scalars, map(call, 'x'), ...parameters, optionalMap(call, 'residual'), y.values);
    return y.info;
  },
};

/** Inputs x, dy, gamma, beta, mean, variance and, for a residual under a rectifier, y. Returns [dx, dgamma, dbeta, dresidual?]. */
const batchNormGrad: NativeKernel = {
  name: 'IekdBatchNormGrad',
  uses: ['BatchNormGrad'],
  run(call) {
    const { shape } = input(call, 'x');
    const [rows, channels] = rowsOf(shape);
    const y = optionalMap(call, 'y');
    const [dx, dgamma, dbeta] = [call.backend.mapOutput(shape), call.backend.output([channels]), call.backend.output([channels])];
    const dresidual = y ? call.backend.mapOutput(shape) : undefined;
    const moments = ['gamma', 'beta', 'mean', 'variance'].map((name) => floats(call, name));
    const scalars = [rows, channels, number(call, 'epsilon'), ...activation(call)];
    const outputs = [dx.values, dgamma.values, dbeta.values, dresidual?.values];
    call.native('BatchNormGrad')(...scalars, map(call, 'x'), map(call, 'dy'), y, ...moments, ...outputs);
    return [dx.info, dgamma.info, dbeta.info, ...(dresidual ? [dresidual.info] : [])];
  },
};

const leakyRelu: NativeKernel = {
  name: 'IekdLeakyRelu',
  uses: ['LeakyRelu'],
  run: (call) => rectify(call, 'LeakyRelu', number(call, 'slope'), input(call, 'x')),
};

const leakyReluGrad: NativeKernel = {
  name: 'IekdLeakyReluGrad',
  uses: ['LeakyReluGrad'],
  run: (call) => rectify(call, 'LeakyReluGrad', number(call, 'slope'), input(call, 'y'), input(call, 'dy')),
};

const globalAveragePool: NativeKernel = {
  name: 'IekdGlobalAveragePool',
  uses: ['GlobalAveragePool'],
  run(call) {
    const [batch, height, width, channels] = input(call, 'x').shape as [number, number, number, number];
    const { info, values } = call.backend.output([batch, channels]);
    call.native('GlobalAveragePool')(batch, height * width, channels, map(call, 'x'), values);
    return info;
  },
};

const globalAveragePoolGrad: NativeKernel = {
  name: 'IekdGlobalAveragePoolGrad',
  uses: ['GlobalAveragePoolGrad'],
  run(call) {
    const shape = call.attrs['shape'] as [number, number, number, number];
    const { info, values } = call.backend.mapOutput([...shape]);
    call.native('GlobalAveragePoolGrad')(shape[0], shape[1] * shape[2], shape[3], floats(call, 'dy'), values);
    return info;
  },
};

const normalizeRows: NativeKernel = {
  name: 'IekdNormalizeRows',
  uses: ['NormalizeRows'],
  run(call) {
    const { shape } = input(call, 'x');
    const { info, values } = call.backend.output(shape);
    call.native('NormalizeRows')(...rowsOf(shape), number(call, 'floor'), floats(call, 'x'), values);
    return info;
  },
};

const normalizeRowsGrad: NativeKernel = {
  name: 'IekdNormalizeRowsGrad',
  uses: ['NormalizeRowsGrad'],
  run(call) {
    const { shape } = input(call, 'x');
    const { info, values } = call.backend.output(shape);
    const rows = [floats(call, 'x'), floats(call, 'y'), floats(call, 'dy')];
    call.native('NormalizeRowsGrad')(...rowsOf(shape), number(call, 'floor'), ...rows, values);
    return info;
  },
};

const selectChannels: NativeKernel = {
  name: 'IekdSelectChannels',
  uses: ['SelectChannels'],
  run(call) {
    const x = input(call, 'x');
    const indices = Int32Array.from(call.attrs['indices'] as number[]);
    const { values, output } = call.backend.sameLayout([x], [...x.shape.slice(0, -1), indices.length]);
    call.native('SelectChannels')(...rowsOf(x.shape), indices.length, indices, ...values, output.values);
    return output.info;
  },
};

const selectChannelsGrad: NativeKernel = {
  name: 'IekdSelectChannelsGrad',
  uses: ['SelectChannelsGrad'],
  run(call) {
    const shape = call.attrs['shape'] as number[];
    const indices = Int32Array.from(call.attrs['indices'] as number[]);
    const { values, output } = call.backend.sameLayout([input(call, 'dy')], shape);
    call.native('SelectChannelsGrad')(...rowsOf(shape), indices.length, indices, ...values, output.values);
    return output.info;
  },
};

export const fused: readonly NativeKernel[] = [
  ...[
    batchNorm,
    batchNormResidual,
    batchNormInfer,
    batchNormGrad,
    leakyRelu,
    leakyReluGrad,
    globalAveragePool,
    globalAveragePoolGrad,
  ],
  ...[normalizeRows, normalizeRowsGrad, selectChannels, selectChannelsGrad],
];
