/**
 * The fused batch norms of engine/fused and the gradient of the training one (Ioffe & Szegedy 2015). What is one value a channel is
 * computed here, what is one a pixel by wasm kernels. Sums are taken over centred values: sums of raw squares would lose digits
 * where the mean is large.
 */
import type { tf } from '../../tf';
import type { WasmCall, WasmKernel } from '../wasmKernels';
import { addChannels, channelMean, countOf, multiplyChannels, valuesOf } from './perChannel';
import { rectify, rectifyGradient } from './rectifier';

type Names = 'x' | 'gamma' | 'beta' | 'mean' | 'variance' | 'residual' | 'dy' | 'y';

const input = ({ inputs }: WasmCall, name: Names): tf.TensorInfo => inputs[name] as tf.TensorInfo;
const channelsOf = (call: WasmCall, name: Names): Float32Array => valuesOf(call, input(call, name));
const slopeOf = ({ attrs }: WasmCall): number => attrs['slope'] as number;

/** f of the k-th values. */
function each(f: (...values: number[]) => number, first: Float32Array, ...others: Float32Array[]): Float32Array {
  return first.map((value, k) => f(value, ...others.map((other) => other[k] as number)));
}

const negative = (values: Float32Array): Float32Array => values.map((value) => -value);
const product = (first: Float32Array, ...others: Float32Array[]): Float32Array =>
  each((...values) => values.reduce((p, v) => p * v), first, ...others);

/** 1 / √(variance + epsilon) */
function inverseDeviation({ attrs }: WasmCall, variance: Float32Array): Float32Array {
  return variance.map((v) => 1 / Math.sqrt(v + (attrs['epsilon'] as number)));
}

/** act(x · scale + shift + residual), act(v) = max(v, slope · v). */
function finished(call: WasmCall, x: tf.TensorInfo, scale: Float32Array, shift: Float32Array): tf.TensorInfo {
  const { run, inputs } = call;
  const affine = addChannels(call, multiplyChannels(call, x, scale), shift);
  const v = inputs['residual'] ? run('Add', { a: affine, b: inputs['residual'] }) : affine;
  return slopeOf(call) === 1 ? v : rectify(run, v, slopeOf(call));
}

const batchNorm: WasmKernel = {
  name: 'IekdBatchNorm',
  run(call) {
    const { run, constant } = call;
    const x = input(call, 'x');
    const mean = channelMean(call, x);
    const centred = addChannels(call, x, negative(mean));
    const variance = channelMean(call, run('Square', { x: centred }));
    const scale = product(channelsOf(call, 'gamma'), inverseDeviation(call, variance));
    const y = finished(call, centred, scale, channelsOf(call, 'beta'));
    return [y, constant(mean, [mean.length]), constant(variance, [variance.length])];
  },
};

/** The same: its gradient keeps the result. */
const batchNormResidual: WasmKernel = { ...batchNorm, name: 'IekdBatchNormResidual' };

const batchNormInfer: WasmKernel = {
  name: 'IekdBatchNormInfer',
  run(call) {
    const scale = product(channelsOf(call, 'gamma'), inverseDeviation(call, channelsOf(call, 'variance')));
    const shift = each((beta, mean, s) => beta - mean * s, channelsOf(call, 'beta'), channelsOf(call, 'mean'), scale);
    return finished(call, input(call, 'x'), scale, shift);
  },
};

/** dy as the activation lets it through. */
function masked(call: WasmCall, centred: tf.TensorInfo, inverse: Float32Array): tf.TensorInfo {
  const { run, inputs } = call;
  const dy = input(call, 'dy');
  if (slopeOf(call) === 1) return dy;
  const scale = product(channelsOf(call, 'gamma'), inverse);
  const v = inputs['y'] ?? addChannels(call, multiplyChannels(call, centred, scale), channelsOf(call, 'beta'));
  return rectifyGradient(run, v, dy, slopeOf(call));
}

/**
 * With g = the masked dy, n values a channel, c = x − mean and r = 1 / √(variance + epsilon):
 * dbeta = Σ g, dgamma = r · Σ g · c, dx = gamma · r · (g − Σ g / n − c · r² · Σ (g · c) / n).
 * Inputs x, dy, gamma, beta, mean, variance and, for a residual under a rectifier, y. Returns [dx, dgamma, dbeta, dresidual?].
 */
const batchNormGrad: WasmKernel = {
  name: 'IekdBatchNormGrad',
  run(call) {
    const { run, inputs, constant } = call;
    const x = input(call, 'x');
    const count = countOf(x);
    const centred = addChannels(call, x, negative(channelsOf(call, 'mean')));
    const inverse = inverseDeviation(call, channelsOf(call, 'variance'));
    const g = masked(call, centred, inverse);
    const meanG = channelMean(call, g);
    const meanDgamma = product(channelMean(call, run('Multiply', { a: g, b: centred })), inverse); // r · Σ (g · c) / n
    const scale = product(channelsOf(call, 'gamma'), inverse);
    const fromG = multiplyChannels(call, addChannels(call, g, negative(meanG)), scale);
    const fromX = multiplyChannels(call, centred, negative(product(scale, inverse, meanDgamma)));
    const dx = run('Add', { a: fromG, b: fromX });
    const sums = [meanDgamma, meanG].map((mean) =>
      constant(
        mean.map((m) => m * count),
        [mean.length],
      ),
    ); // dgamma, dbeta
    return inputs['y'] ? [dx, ...sums, g] : [dx, ...sums];
  },
};

export const batchNorms: readonly WasmKernel[] = [batchNorm, batchNormResidual, batchNormInfer, batchNormGrad];
