/**
 * Attributes of TensorFlow's operations on windows of a map (convolutions, max pooling), from tfjs's geometry. tfjs-node 4.22.0
 * refuses padding that is given as a number, which our networks have; TensorFlow has it under the name EXPLICIT, a pair for each of
 * [batch, height, width, channels] (https://www.tensorflow.org/api_docs/python/tf/raw_ops/Conv2D).
 */
import type { tf } from '../../tf';
import type { OperationAttribute, TensorflowBackend } from '../tensorflowBackend';

export type WindowInfo = tf.backend_util.Conv2DInfo;

/** Type, strides, layout and padding: what all operations on windows have. */
function windowAttributes(backend: TensorflowBackend, info: WindowInfo, dtype: tf.DataType): OperationAttribute[] {
  const { TF_ATTR_INT, TF_ATTR_STRING, TF_ATTR_TYPE } = backend.binding;
  return [
    { name: 'T', type: TF_ATTR_TYPE, value: backend.getDTypeInteger(dtype) },
    { name: 'strides', type: TF_ATTR_INT, value: inLayout(info, [1], [info.strideHeight], [info.strideWidth]) },
    { name: 'data_format', type: TF_ATTR_STRING, value: info.dataFormat === 'channelsLast' ? 'NHWC' : 'NCHW' },
    ...padding(backend, info),
  ];
}

/** The same of convolutions, whose filters may look at every nth position only. */
export function convolutionAttributes(backend: TensorflowBackend, info: WindowInfo, dtype: tf.DataType): OperationAttribute[] {
  const dilations = inLayout(info, [1], [info.dilationHeight], [info.dilationWidth]);
  return [...windowAttributes(backend, info, dtype), { name: 'dilations', type: backend.binding.TF_ATTR_INT, value: dilations }];
}

/** The same of pooling, whose windows have no filter to say their size. */
export function poolingAttributes(backend: TensorflowBackend, info: WindowInfo, dtype: tf.DataType): OperationAttribute[] {
  const size = inLayout(info, [1], [info.filterHeight], [info.filterWidth]);
  return [...windowAttributes(backend, info, dtype), { name: 'ksize', type: backend.binding.TF_ATTR_INT, value: size }];
}

/** `each` for the batch and for the channels, `height` and `width` between or behind them. */
function inLayout({ dataFormat }: WindowInfo, each: number[], height: number[], width: number[]): number[] {
  return (dataFormat === 'channelsLast' ? [each, height, width, each] : [each, each, height, width]).flat();
}

function padding({ binding }: TensorflowBackend, info: WindowInfo): OperationAttribute[] {
  const { TF_ATTR_INT, TF_ATTR_STRING } = binding;
  const { type, top, left } = info.padInfo;
  if (type === 'VALID' || type === 'SAME') return [{ name: 'padding', type: TF_ATTR_STRING, value: type }];
  const bottom = after(top, info.inHeight, info.outHeight, info.strideHeight, info.effectiveFilterHeight);
  const right = after(left, info.inWidth, info.outWidth, info.strideWidth, info.effectiveFilterWidth);
  return [
    { name: 'padding', type: TF_ATTR_STRING, value: 'EXPLICIT' },
    { name: 'explicit_paddings', type: TF_ATTR_INT, value: inLayout(info, [0, 0], [top, bottom], [left, right]) },
  ];
}

/** Padding behind the map, as much as the last window needs: TensorFlow rounds sizes down, tfjs may be asked to round them up. */
function after(before: number, size: number, windows: number, stride: number, window: number): number {
  return Math.max(0, (windows - 1) * stride + window - size - before);
}
