/**
 * Layers as Keras 3 writes them (`.keras`, `.h5`) in the form of Keras 2, which tfjs has too: inputs by name, initialisers without their
 * modules, dtypes as names, and the few keys and words that have changed theirs. What is in that form already stays as it is.
 */
import { isObject, refuse } from '../../util/check';

type Entries = Readonly<Record<string, unknown>>;

/** By class: keys of today and those of tf.layers. */
const KEYS: Readonly<Record<string, Entries>> = {
  LeakyReLU: { negative_slope: 'alpha' },
  ELU: { negative_slope: 'alpha' },
};

/** Activations that tf.layers knows by another name. */
const ACTIVATIONS: Readonly<Record<string, string>> = { silu: 'swish' };

/** Of how Keras itself works, and without effect on what a layer computes in float32. */
const OF_KERAS: readonly string[] = ['renorm_momentum', 'quantization_config', 'input_axes', 'output_axes', 'optional'];

/** A layer's configuration. */
export function kerasTwoConfig(className: string, config: Entries): Record<string, unknown> {
  const keys = Object.hasOwn(KEYS, className) ? (KEYS[className] as Entries) : {};
  const entries = Object.entries(config).filter(([key]) => !OF_KERAS.includes(key));
  return Object.fromEntries(entries.map(([key, value]) => [(keys[key] as string | undefined) ?? key, plainForm(key, value)]));
}

function plainForm(key: string, value: unknown): unknown {
  if (key === 'activation' && typeof value === 'string' && Object.hasOwn(ACTIVATIONS, value)) return ACTIVATIONS[value];
  if (!isObject(value) || !isObject(value['config'])) return value;
  const { class_name: className, config } = value;
  if (className === 'DTypePolicy') return config['name'];
  return 'module' in value ? { class_name: className, config: withoutEmpty(config) } : value;
}

const withoutEmpty = (config: Entries): Entries =>
  Object.fromEntries(Object.entries(config).filter(([key, value]) => value !== null && !OF_KERAS.includes(key)));

/** `[{ args: [tensor], kwargs }]`, a tensor or a list of them, as `[[["conv2d_1", 0, 0], …]]`. */
export function kerasTwoNodes(where: string, nodes: unknown): unknown {
  if (!Array.isArray(nodes) || !nodes.some(isObject)) return nodes;
  return nodes.map((node) => {
    const [first, ...others] = isObject(node) && Array.isArray(node['args']) ? node['args'] : [];
    if (first === undefined || others.length > 0) throw refuse(where, 'a layer of one input, or of a list of them', node);
    return (Array.isArray(first) ? first : [first]).map((tensor) => historyOf(where, tensor));
  });
}

function historyOf(where: string, tensor: unknown): unknown {
  const history = isObject(tensor) && isObject(tensor['config']) ? tensor['config']['keras_history'] : undefined;
  if (!Array.isArray(history)) throw refuse(where, 'tensors with their keras_history', tensor);
  return history;
}
