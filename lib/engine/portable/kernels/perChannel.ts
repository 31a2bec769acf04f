/** Sums and affine maps over the last axis, in the forms that XNNPACK vectorises: tfjs's broadcasting is ten times slower. */
import { tf } from '../../tf';
import type { Run } from '../compose';

type Four = [number, number, number, number];

/** Reshapes without copying. */
export function reshape(run: Run, x: tf.TensorInfo, shape: readonly number[]): tf.TensorInfo {
  return run('Reshape', { x }, { shape: [...shape] });
}

/** All axes but the last as one: [batch, height, width, channels] to [batch · height · width, channels]. */
export function rowsOf(shape: readonly number[]): [rows: number, channels: number] {
  const channels = shape[shape.length - 1] ?? 1;
  return [tf.util.sizeFromShape([...shape]) / Math.max(channels, 1), channels];
}

/**
 * Mean of each channel [channels]: over the positions of each image first, then over the batch, so that no float32 sum runs over
 * more than height · width addends. @param x [batch, height, width, channels]
 */
export function channelMean(run: Run, x: tf.TensorInfo): tf.TensorInfo {
  const [batch, height, width, channels] = x.shape as Four;
  const pooled = run('AvgPool', { x }, { filterSize: [height, width], strides: [1, 1], pad: 'valid' }); // [batch, 1, 1, channels]
  const mean = run(
    'AvgPool',
    { x: reshape(run, pooled, [1, batch, 1, channels]) },
    { filterSize: [batch, 1], strides: [1, 1], pad: 'valid' },
  );
  return reshape(run, mean, [channels]);
}

export interface Affine {
  /** [channels] */
  readonly scale: tf.TensorInfo;
  /** [channels] */
  readonly shift?: tf.TensorInfo | undefined;
  readonly activation?: 'linear' | 'relu';
}

/** act(x · scale + shift), channel by channel: a depthwise 1 × 1 convolution. @param x [batch, height, width, channels] */
export function affine(run: Run, x: tf.TensorInfo, { scale, shift, activation = 'linear' }: Affine): tf.TensorInfo {
  const filter = reshape(run, scale, [1, 1, scale.shape[0] ?? 1, 1]);
  const attributes = { strides: [1, 1], pad: 'valid', dilations: [1, 1], dataFormat: 'NHWC', activation };
  return run('FusedDepthwiseConv2D', { x, filter, bias: shift }, attributes);
}
