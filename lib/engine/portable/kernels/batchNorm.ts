/**
 * The fused batch norms of engine/fused and the gradient of the training one (Ioffe & Szegedy 2015), composed of wasm kernels.
 * Sums are taken over centred values: sums of raw squares would lose digits where the mean is large.
 */
import type { tf } from '../../tf';
import type { ComposedKernel, KernelCall, Run } from '../compose';
import { affine, channelMean, rowsOf } from './perChannel';

const add = (run: Run, a: tf.TensorInfo, b: tf.TensorInfo): tf.TensorInfo => run('Add', { a, b });
const multiply = (run: Run, a: tf.TensorInfo, b: tf.TensorInfo): tf.TensorInfo => run('Multiply', { a, b });
const negative = (run: Run, x: tf.TensorInfo): tf.TensorInfo => run('Neg', { x });

/** x − mean, channel by channel. */
function centred({ run, inputs, constant }: KernelCall, mean: tf.TensorInfo): tf.TensorInfo {
  const { x } = inputs as { x: tf.TensorInfo };
  const ones = constant(new Float32Array(mean.shape[0] ?? 1).fill(1), mean.shape);
  return affine(run, x, { scale: ones, shift: negative(run, mean) });
}

/** 1 / √(variance + epsilon) [channels] */
function inverseDeviation({ run, attrs, constant }: KernelCall, variance: tf.TensorInfo): tf.TensorInfo {
  const epsilon = constant(Float32Array.of(attrs['epsilon'] as number), []);
  return run('Rsqrt', { x: add(run, variance, epsilon) });
}

/** act(x · scale + shift + residual), act(v) = max(v, slope · v). */
function finished(call: KernelCall, x: tf.TensorInfo, scale: tf.TensorInfo, shift: tf.TensorInfo): tf.TensorInfo {
  const { run, attrs, inputs } = call;
  const slope = attrs['slope'] as number;
  const residual = inputs['residual'];
  if (!residual)
    return slope === 0 ? affine(run, x, { scale, shift, activation: 'relu' }) : rectified(call, affine(run, x, { scale, shift }));
  return rectified(call, add(run, affine(run, x, { scale, shift }), residual));
}

/** max(x, slope · x) as x · step(x), step being slope below and at zero. */
function rectified({ run, attrs }: KernelCall, x: tf.TensorInfo): tf.TensorInfo {
  const slope = attrs['slope'] as number;
  if (slope === 1) return x;
  return slope === 0 ? run('Relu', { x }) : multiply(run, x, run('Step', { x }, { alpha: slope }));
}

const batchNorm: ComposedKernel = {
  name: 'IekdBatchNorm',
  run(call) {
    const { run, inputs } = call;
    const { x, gamma, beta } = inputs as { x: tf.TensorInfo; gamma: tf.TensorInfo; beta: tf.TensorInfo };
    const mean = channelMean(run, x);
    const xc = centred(call, mean);
    const variance = channelMean(run, run('Square', { x: xc }));
    const y = finished(call, xc, multiply(run, gamma, inverseDeviation(call, variance)), beta);
    return [y, mean, variance];
  },
};

const batchNormInfer: ComposedKernel = {
  name: 'IekdBatchNormInfer',
  run(call) {
    const { run, inputs } = call;
    const { x, gamma, beta, mean, variance } = inputs as Record<'x' | 'gamma' | 'beta' | 'mean' | 'variance', tf.TensorInfo>;
    const scale = multiply(run, gamma, inverseDeviation(call, variance));
    return finished(call, x, scale, run('Sub', { a: beta, b: multiply(run, mean, scale) }));
  },
};

/** dy where the activation let it through: dy · step(v), v the value before the activation or (same sign) y after it. */
function masked(call: KernelCall, xc: tf.TensorInfo, inverse: tf.TensorInfo): tf.TensorInfo {
  const { run, attrs, inputs } = call;
  const { dy, gamma, beta, y } = inputs as Record<'dy' | 'gamma' | 'beta', tf.TensorInfo> & { y?: tf.TensorInfo };
  const slope = attrs['slope'] as number;
  if (slope === 1) return dy;
  const v = y ?? affine(run, xc, { scale: multiply(run, gamma, inverse), shift: beta });
  return multiply(run, dy, run('Step', { x: v }, { alpha: slope }));
}

/**
 * With g = the masked dy, n values a channel, xc = x − mean and r = 1 / √(variance + epsilon):
 * dbeta = Σ g, dgamma = r · Σ g · xc, dx = gamma · r · (g − Σ g / n − xc · r² · Σ (g · xc) / n).
 * Inputs x, dy, gamma, beta, mean, variance and, for a residual under a rectifier, y. Returns [dx, dgamma, dbeta, dresidual?].
 */
const batchNormGrad: ComposedKernel = {
  name: 'IekdBatchNormGrad',
  run(call) {
    const { run, inputs, constant } = call;
    const { x, gamma, mean, variance, y } = inputs as Record<'x' | 'gamma' | 'mean' | 'variance', tf.TensorInfo> & {
      y?: tf.TensorInfo;
    };
    const count = constant(Float32Array.of(rowsOf(x.shape)[0]), []);
    const xc = centred(call, mean);
    const inverse = inverseDeviation(call, variance);
    const g = masked(call, xc, inverse);
    const meanG = channelMean(run, g);
    const along = multiply(run, channelMean(run, multiply(run, g, xc)), inverse); // r · Σ (g · xc) / n
    const scale = multiply(run, gamma, inverse);
    const fromG = affine(run, g, { scale, shift: negative(run, multiply(run, scale, meanG)) });
    const fromX = affine(run, xc, { scale: negative(run, multiply(run, multiply(run, scale, inverse), along)) });
    const gradients = [add(run, fromG, fromX), multiply(run, along, count), multiply(run, meanG, count)];
    return y ? [...gradients, g] : gradients;
  },
};

export const batchNorms: readonly ComposedKernel[] = [batchNorm, batchNormInfer, batchNormGrad];
