/**
 * Means and affine maps over the last axis, in forms that XNNPACK vectorises: tfjs's own sum over leading axes, and its broadcasting
 * over few channels, are several times slower. A 1 × 1 depthwise convolution would be faster still, but turns NaN into −∞, which
 * a rectifier hides; and a run that has diverged must be seen to.
 */
import { tf } from '../../tf';
import type { RunKernel, WasmCall } from '../wasmKernels';

/** Reshapes without copying. */
export function reshape(run: RunKernel, x: tf.TensorInfo, shape: readonly number[]): tf.TensorInfo {
  return run('Reshape', { x }, { shape: [...shape] });
}

/** The batch, and the positions and channels of one image. @param x [batch, …, channels] */
function dimensions({ shape }: tf.TensorInfo): { batch: number; positions: number; channels: number } {
  const [batch = 1, channels = 1] = [shape[0], shape[shape.length - 1]];
  return { batch, positions: tf.util.sizeFromShape(shape.slice(1, -1)), channels };
}

/** Number of values of each channel. */
export function countOf(x: tf.TensorInfo): number {
  const { batch, positions } = dimensions(x);
  return batch * positions;
}

/**
 * Mean of each channel: over the positions of each image by average pooling, over the batch here. The pooling turns NaN into −∞,
 * which is turned back. @param x [batch, height, width, channels]
 */
export function channelMean(call: WasmCall, x: tf.TensorInfo): Float32Array {
  const { batch, channels } = dimensions(x);
  const pooled = call.run('AvgPool', { x }, { filterSize: x.shape.slice(1, 3), strides: [1, 1], pad: 'valid' });
  const mean = new Float64Array(channels);
  for (const [i, value] of valuesOf(call, pooled).entries()) {
    mean[i % channels] = (mean[i % channels] as number) + (value === Number.NEGATIVE_INFINITY ? Number.NaN : value) / batch;
  }
  return Float32Array.from(mean);
}

/** A copy of a small float32 tensor's values. */
export function valuesOf({ backend }: WasmCall, info: tf.TensorInfo): Float32Array {
  return backend.readSync(info.dataId) as Float32Array;
}

/** `kernel` of x and a value for each channel, repeated over one image: a long row is broadcast fast, a short one is not. */
function withChannels(call: WasmCall, kernel: 'Add' | 'Multiply', x: tf.TensorInfo, values: Float32Array): tf.TensorInfo {
  const { batch, positions, channels } = dimensions(x);
  const row = new Float32Array(positions * channels);
  for (let at = 0; at < row.length; at += channels) row.set(values, at);
  const a = reshape(call.run, x, [batch, row.length]);
  return reshape(call.run, call.run(kernel, { a, b: call.constant(row, [row.length]) }), x.shape);
}

/** x + shift, channel by channel. @param x [batch, …, channels] */
export function addChannels(call: WasmCall, x: tf.TensorInfo, shift: Float32Array): tf.TensorInfo {
  return withChannels(call, 'Add', x, shift);
}

/** x · scale, channel by channel. @param x [batch, …, channels] */
export function multiplyChannels(call: WasmCall, x: tf.TensorInfo, scale: Float32Array): tf.TensorInfo {
  return withChannels(call, 'Multiply', x, scale);
}
