/** The configuration of a layer, as Keras writes it, that nobody has checked: keys of its class, plain bounded values. */
import { booleanIn, integerIn, isObject, nameIn, notAmong, numberIn, positive, refuse } from '../../util/check';
import { ACTIVATIONS, layerClass } from './layerClasses';

const LARGEST = { number: 1e9, items: 16, text: 100, deep: 3, size: 65_536 } as const;

/** Their `padding` is a word. */
const WINDOWS: readonly string[] = ['Conv2D', 'DepthwiseConv2D', 'SeparableConv2D', 'MaxPooling2D', 'AveragePooling2D'];

/** What every layer here has, and what its place says already. */
const AS_ALWAYS: Readonly<Record<string, readonly unknown[]>> = {
  dtype: ['float32'],
  data_format: ['channels_last', 'channelsLast'],
  groups: [1],
};
const SAYS_NOTHING = new Set(['name', 'batch_input_shape', 'input_dtype', 'seed', 'sparse', 'ragged', 'noise_shape']);

/** Positive integers, one or one a side. */
const sizes = (where: string, value: unknown): void => {
  for (const one of Array.isArray(value) ? value : [value]) integerIn(where, one, 1, LARGEST.size);
};
/** tfjs has no gradient of convolutions with gaps. */
const noGaps = (where: string, value: unknown): void => {
  for (const one of Array.isArray(value) ? value : [value])
    if (one !== 1) throw refuse(where, '1, since tfjs has no gradient of others', value);
};
const channels = (where: string, value: unknown): number => integerIn(where, value, 1, LARGEST.size);
const share = (where: string, value: unknown): number => numberIn(where, value, 0, 1);

/** What values of a key may be, where tf.layers itself does not ask before it computes. */
const VALUES: Readonly<Record<string, (where: string, value: unknown) => unknown>> = {
  ...{ kernel_size: sizes, pool_size: sizes, strides: sizes, dilation_rate: noGaps, size: sizes },
  ...{ filters: channels, units: channels, depth_multiplier: channels },
  ...{ use_bias: booleanIn, center: booleanIn, scale: booleanIn },
  ...{ momentum: share, epsilon: share, alpha: numberIn, max_value: positive },
  rate: (where, value) => numberIn(where, value, 0, 1 - 2 ** -24),
  activation: (where, value) => nameIn(where, ACTIVATIONS, value),
  // Of padding and cropping only: the last two axes are then a map's width and channels.
  data_format: (where, value) => nameIn(where, ['channels_last', 'channels_first', 'channelsFirst'], value),
};

/** The keys that say something. @throws InputError for others that are set, regularisers and constraints among them */
export function layerConfig(
  where: string,
  className: string,
  config: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const { keys } = layerClass(where, className);
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(config)) {
    if (value === null || value === undefined || SAYS_NOTHING.has(key) || AS_ALWAYS[key]?.includes(value)) continue;
    if (key === 'trainable') {
      if (value === false) kept[key] = value;
    } else if (!keys || keys.includes(key)) {
      kept[key] = plainValue(`${where}: ${key}`, value, 0);
      if (keys) VALUES[key]?.(`${where}: ${key}`, value);
    } else if (value !== false && value !== 0) throw unknownKey(where, keys, key, value);
  }
  if (WINDOWS.includes(className)) nameIn(`${where}: padding`, ['valid', 'same'], kept['padding'] ?? 'valid');
  return kept;
}

function unknownKey(where: string, keys: readonly string[], key: string, value: unknown): Error {
  if (!/_regularizer$|_constraint$/.test(key)) return notAmong(where, 'options among', [...keys, 'trainable'], key);
  return refuse(`${where}: ${key}`, 'none', value, 'build it without; the option weightDecay of a training decays weights');
}

/** Numbers, short texts, short lists, and a few of them by name. */
function plainValue(where: string, value: unknown, deep: number): unknown {
  if (typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number' && Math.abs(value) <= LARGEST.number) return value;
  if (typeof value === 'string' && value.length <= LARGEST.text) return value;
  const entries = typeof value === 'object' ? Object.entries(value) : [];
  const fits = entries.length <= LARGEST.items && deep < LARGEST.deep;
  if (fits && Array.isArray(value)) return value.map((one, i) => plainValue(`${where}: ${i}`, one, deep + 1));
  if (fits && isObject(value) && entries.every(([key]) => /^[a-z][A-Za-z0-9_]*$/.test(key))) {
    return Object.fromEntries(entries.map(([key, one]) => [key, plainValue(`${where}: ${key}`, one, deep + 1)]));
  }
  throw refuse(where, 'a number, a short text, or a short list of them', value);
}
