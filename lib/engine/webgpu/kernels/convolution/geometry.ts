/** The geometry of a convolution of maps [batch, height, width, channels] with a filter [height, width, channels, to], as numbers. */
import { tf } from '../../../tf';

type Shape4 = [number, number, number, number];
type Steps = number | [number, number];

/** One of the two axes of a map: position o of the output looks at o · stride + tap · dilation − before of the input. */
export interface Axis {
  readonly input: number;
  readonly output: number;
  /** Taps of the filter. */
  readonly taps: number;
  readonly stride: number;
  readonly dilation: number;
  /** Zeros before the first value. */
  readonly before: number;
}

export interface Geometry {
  readonly batch: number;
  readonly rows: Axis;
  readonly columns: Axis;
  /** Channels in and out. */
  readonly from: number;
  readonly to: number;
  /** Of the maps, as they are; `batch`, `rows` and `columns` may hold all positions in one row. */
  readonly inputShape: number[];
  readonly outputShape: number[];
}

/**
 * From the attributes of tfjs's kernels; undefined for channels first, which stay with tfjs.
 * @param filter [height, width, in, out], or [height, width, channels, filters a channel] for a depthwise one
 */
export function geometryOf(
  attributes: Readonly<Record<string, unknown>>,
  x: readonly number[],
  filter: readonly number[],
  depthwise = false,
): Geometry | undefined {
  const { dataFormat, strides, dilations, pad, dimRoundingMode } = attributes as {
    dataFormat?: string;
    strides: Steps;
    dilations?: Steps;
    pad: 'same';
    dimRoundingMode?: 'floor';
  };
  if (dataFormat === 'NCHW') return undefined;
  const shapes = [x as Shape4, filter as Shape4] as const;
  const info = tf.backend_util.computeConv2DInfo(...shapes, strides, dilations ?? 1, pad, dimRoundingMode, depthwise);
  const rows = {
    ...{ input: info.inHeight, output: info.outHeight, taps: info.filterHeight },
    ...{ stride: info.strideHeight, dilation: info.dilationHeight, before: info.padInfo.top },
  };
  const columns = {
    ...{ input: info.inWidth, output: info.outWidth, taps: info.filterWidth },
    ...{ stride: info.strideWidth, dilation: info.dilationWidth, before: info.padInfo.left },
  };
  const { batchSize: batch, inChannels: from, outChannels: to, inShape: inputShape, outShape: outputShape } = info;
  return merged({ batch, rows, columns, from, to, inputShape, outputShape });
}

/** Stands for the geometry in keys of programs. */
export function geometryKey({ batch, rows, columns, from, to }: Geometry): string {
  const axes = [rows, columns].map(({ input, output, taps, stride, dilation, before }) =>
    [input, output, taps, stride, dilation, before].join(','),
  );
  return [batch, from, to, ...axes].join(' ');
}

/** A 1×1 convolution of every position is a product of matrices: all positions are one row of one map. */
function merged(geometry: Geometry): Geometry {
  const { batch, rows, columns } = geometry;
  if (![rows, columns].every(isWhole)) return geometry;
  const positions = batch * rows.input * columns.input;
  return {
    ...geometry,
    batch: 1,
    rows: { ...rows, input: 1, output: 1 },
    columns: { ...columns, input: positions, output: positions },
  };
}

const isWhole = ({ input, output, taps, stride, before }: Axis): boolean =>
  taps === 1 && stride === 1 && before === 0 && input === output;
