/**
 * Calls that TensorFlow's operations, or tfjs-node 4.22.0 before them, do not take, though tfjs defines them; the plain CPU backend runs
 * them instead. Neither our networks nor their training have any.
 */
import { tf } from '../tf';
import { BACKEND, type TensorflowBackend } from './tensorflowBackend';

interface Call {
  readonly inputs: Readonly<Record<string, tf.TensorInfo | undefined>>;
  readonly attrs: Readonly<Record<string, unknown>>;
}

type Refused = (call: Call) => boolean;

const either =
  (a: Refused, b: Refused): Refused =>
  (call) =>
    a(call) || b(call);

/** Padding by numbers, where tfjs-node takes `same` and `valid`. */
const numberPadding: Refused = ({ attrs: { pad } }) => pad !== 'same' && pad !== 'valid';

/** Padding by numbers of which a window could see nothing else: TensorFlow's max pooling refuses it, and rounds sizes down. */
const widePadding: Refused = ({ attrs: { pad, filterSize, dimRoundingMode } }) => {
  if (pad === 'same' || pad === 'valid') return false;
  const most = Math.max(...[pad as number | number[][]].flat(2));
  const least = Math.min(...[filterSize as number | number[]].flat());
  return most >= least || (dimRoundingMode !== undefined && dimRoundingMode !== 'floor');
};

/** Channels before positions: on the processor TensorFlow has them last only. */
const channelsFirst: Refused = ({ attrs }) =>
  attrs['dataFormat'] === 'NCHW' && !(tf.findBackend(BACKEND) as TensorflowBackend).isUsingGpuDevice;

const pair = (value: unknown): readonly number[] => [(value ?? 1) as number | number[]].flat();

/** Depthwise filters that look at every nth position only, or strides that differ. */
const spread: Refused = ({ attrs }) => {
  const [stride, other = stride] = pair(attrs['strides']);
  return stride !== other || pair(attrs['dilations']).some((n) => n > 1);
};

const typeOf =
  (name: string, ...dtypes: tf.DataType[]): Refused =>
  ({ inputs }) =>
    dtypes.includes(inputs[name]?.dtype as tf.DataType);

const strings = typeOf('a', 'string');

const RULES: Readonly<Record<string, Refused>> = {
  AvgPool: numberPadding,
  AvgPoolGrad: numberPadding,
  AvgPool3D: numberPadding,
  AvgPool3DGrad: numberPadding,
  MaxPool3D: numberPadding,
  MaxPool3DGrad: numberPadding,
  MaxPool: widePadding,
  MaxPoolGrad: widePadding,
  Conv2D: channelsFirst,
  Conv2DBackpropInput: channelsFirst,
  Conv2DBackpropFilter: channelsFirst,
  FusedConv2D: either(channelsFirst, numberPadding),
  DepthwiseConv2dNative: spread,
  DepthwiseConv2dNativeBackpropInput: spread,
  DepthwiseConv2dNativeBackpropFilter: spread,
  FusedDepthwiseConv2D: either(spread, numberPadding),
  Diag: typeOf('x', 'bool'),
  LeakyRelu: typeOf('x', 'int32'),
  Step: typeOf('x', 'int32'),
  Round: typeOf('x', 'int32'),
  Greater: strings,
  GreaterEqual: strings,
  Less: strings,
  LessEqual: strings,
  ScatterNd: ({ inputs: { indices } }) => (indices?.shape.length ?? 0) < 2,
};

/** Names of the kernels that have calls which TensorFlow does not take. */
export const RULED: readonly string[] = Object.keys(RULES);

/** Whether the plain kernel is to run `kernel` with these inputs and attributes. */
export function isRefusedCall(kernel: string, call: Call): boolean {
  return RULES[kernel]?.(call) ?? false;
}
