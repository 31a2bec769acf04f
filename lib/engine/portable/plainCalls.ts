/**
 * Calls that the wasm backend's kernels do not take, or answer with wrong values (tfjs 4.22.0, seen against the CPU backend, which
 * runs them instead). None of them is a part of training.
 */
import { tf } from '../tf';

interface Call {
  readonly inputs: Readonly<Record<string, tf.TensorInfo | undefined>>;
  readonly attrs: Readonly<Record<string, unknown>>;
}

type Four = [number, number, number, number];

interface TransposedConvolution {
  readonly inputShape: Four;
  readonly strides: number | [number, number];
  readonly pad: 'same';
  readonly dimRoundingMode?: 'floor';
}

/** Whether the CPU backend's kernel is to run this call. */
type Refused = (call: Call) => boolean;

/** Kernels that only give data another name, whatever it is. */
const RENAMING = new Set(['Identity', 'Reshape', 'ExpandDims']);

/**
 * Kernels that look at the type of what they are given. The others take everything for float32: of bools, which are bytes, they read
 * and write four times as many.
 */
const TYPED = new Set([
  'Cast',
  'Slice',
  'LogicalAnd',
  'LogicalOr',
  'LogicalNot',
  'LogicalXor',
  'Concat',
  'Pack',
  'Unpack',
  'SplitV',
]);

/** Inputs that are places or choices, and never float32. */
const PLACES = new Set(['indices', 'segmentIds', 'condition', 'boxInd', 'boxIndices']);

/** Types that the wasm memory holds for renamings only. */
const isForeign = (dtype: unknown): boolean => dtype === 'complex64' || dtype === 'string';

/** A tensor that the wasm kernel cannot take: foreign, empty, or taken for float32 where it is not. */
function isRefused(kernel: string, name: string, { dtype, shape }: tf.TensorInfo): boolean {
  if (dtype !== 'float32' && (isForeign(dtype) || !(TYPED.has(kernel) || PLACES.has(name)))) return true;
  return shape.includes(0);
}

/** Asked before every kernel, so without lists of its own. */
function anyRefused(kernel: string, inputs: Call['inputs']): boolean {
  for (const name in inputs) {
    const given = inputs[name] as tf.TensorInfo | readonly tf.TensorInfo[] | undefined | null;
    if (!given) continue;
    const refused = 'dtype' in given ? isRefused(kernel, name, given) : given.some((info) => isRefused(kernel, name, info));
    if (refused) return true;
  }
  return false;
}

const channelsFirst: Refused = ({ attrs }) => attrs['dataFormat'] === 'NCHW';

/** A transposed convolution of a map that is not what the convolution would have given: tfjs computes it all the same. */
function otherMap({ inputs, attrs }: Call): boolean {
  const { dy, filter } = inputs as Record<'dy' | 'filter', tf.TensorInfo>;
  const { inputShape, strides, pad, dimRoundingMode } = attrs as unknown as TransposedConvolution;
  const info = tf.backend_util.computeConv2DInfo(inputShape, filter.shape as Four, strides, 1, pad, dimRoundingMode);
  return !tf.util.arraysEqual(dy.shape, info.outShape);
}

/** Slopes that are not repeated over all axes but the last ones. */
function oddSlopes({ inputs }: Call): boolean {
  const { x, alpha } = inputs as Record<'x' | 'alpha', tf.TensorInfo>;
  const first = alpha.shape.findIndex((n) => n !== 1);
  const own = first < 0 ? [] : alpha.shape.slice(first);
  return !tf.util.arraysEqual(x.shape.slice(x.shape.length - own.length), own);
}

const RULES: Readonly<Record<string, Refused>> = {
  Conv2D: channelsFirst,
  FusedConv2D: channelsFirst,
  Conv2DBackpropInput: (call) => channelsFirst(call) || otherMap(call),
  Conv2DBackpropFilter: channelsFirst,
  Prelu: oddSlopes,
  Softmax: ({ inputs: { logits } }) => logits?.shape.length === 0, // the CPU kernel's error
  FloorDiv: () => true, // of float32 it gives float32, where tfjs has int32
  Bincount: ({ inputs: { x } }) => x?.shape.length !== 1,
  // Without an axis to go along, they never end.
  Cumsum: ({ inputs: { x } }) => x?.shape.length === 0,
  Cumprod: ({ inputs: { x } }) => x?.shape.length === 0,
};

/** Whether the plain kernel is to run `kernel` with these inputs and attributes. */
export function isPlainCall(kernel: string, call: Call): boolean {
  if (RENAMING.has(kernel)) return false;
  if (isForeign(call.attrs['dtype']) || anyRefused(kernel, call.inputs)) return true;
  return RULES[kernel]?.(call) ?? false;
}
