/** What the gradients of a convolution share: tfjs's geometry, and a convolution with margins that may also cut. */
import { tf } from '../../../tf';
import type { RunKernel, WasmCall } from '../../wasmKernels';
import { reshape } from '../perChannel';

/** [batch, height, width, channels], or [height, width, in, out] of a filter. */
export type Four = [number, number, number, number];

/** Rows or columns to add before and after; negative ones are cut off. */
export type Margin = readonly [before: number, after: number];

/** Where tfjs lays the windows of the convolution whose gradient is asked for. It has no dilation: tfjs differentiates none. */
export function geometry(
  { attrs }: WasmCall,
  inputShape: Four,
  filterShape: Four,
  depthwise = false,
): tf.backend_util.Conv2DInfo {
  const { strides, pad, dimRoundingMode } = attrs as {
    strides: number | [number, number];
    pad: 'same';
    dimRoundingMode?: 'floor';
  };
  return tf.backend_util.computeConv2DInfo(inputShape, filterShape, strides, 1, pad, dimRoundingMode, depthwise);
}

/** Positive margins as tfjs's paddings. */
function paddings(rows: Margin, columns: Margin): [number, number][] {
  return [[0, 0], rows, columns, [0, 0]].map(([before = 0, after = 0]) => [Math.max(before, 0), Math.max(after, 0)]);
}

/** x with zeros around it where margins are positive, then cut where they are negative (which may take all of x, and zeros too). */
export function place(run: RunKernel, x: tf.TensorInfo, rows: Margin, columns: Margin): tf.TensorInfo {
  const margins = [...rows, ...columns];
  const grown = margins.some((n) => n > 0) ? run('PadV2', { x }, { paddings: paddings(rows, columns), constantValue: 0 }) : x;
  if (margins.every((n) => n >= 0)) return grown;
  const [top, bottom, left, right] = margins.map((n) => Math.max(-n, 0)) as Four;
  const [batch, height, width, channels] = grown.shape as Four;
  return run(
    'Slice',
    { x: grown },
    { begin: [0, top, left, 0], size: [batch, height - top - bottom, width - left - right, channels] },
  );
}

/** Puts rows and columns of zeros after each row and column: [batch, height · strideHeight, width · strideWidth, channels]. */
export function spread(run: RunKernel, x: tf.TensorInfo, strideHeight: number, strideWidth: number): tf.TensorInfo {
  if (strideHeight === 1 && strideWidth === 1) return x;
  const [batch, height, width, channels] = x.shape as Four;
  const rows = reshape(run, x, [batch * height, 1, width, channels]);
  const after = [0, strideHeight - 1, 0, (strideWidth - 1) * channels];
  const padded = run('PadV2', { x: rows }, { paddings: after.map((n) => [0, n]), constantValue: 0 });
  return reshape(run, padded, [batch, height * strideHeight, width * strideWidth, channels]);
}

/** The margins around the spread dy from which the convolution gives `length` rows again. */
export function margins(length: number, spreadLength: number, window: number, before: number): Margin {
  return [window - 1 - before, length - spreadLength + before];
}

export interface ConvolveOptions {
  readonly rows: Margin;
  readonly columns: Margin;
  readonly dilations?: readonly [number, number];
}

/** The convolution with stride 1 of x, margins added or cut off. */
export function convolve(run: RunKernel, x: tf.TensorInfo, filter: tf.TensorInfo, options: ConvolveOptions): tf.TensorInfo {
  const { rows, columns, dilations = [1, 1] } = options;
  const cut = [...rows, ...columns].some((n) => n < 0);
  const pad = cut ? 'valid' : paddings(rows, columns);
  const attributes = { strides: [1, 1], dilations: [...dilations], pad, dataFormat: 'NHWC' };
  return run('Conv2D', { x: cut ? place(run, x, rows, columns) : x, filter }, attributes);
}
