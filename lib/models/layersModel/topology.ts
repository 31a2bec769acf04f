/**
 * The topology of a `tf.LayersModel` as it stands in a `model.json`: Sequential or functional, of one input and one output, as tfjs,
 * Keras 2 and Keras 3 write it. It is checked before anything is made of it: classes on an allow-list, plain bounded values, every layer used once.
 * What comes out is the same for all ways to write one network: layers in the order of their inputs, keys that say something, and
 * names that tfjs made up (`conv2d_Conv2D7`) counted anew (`conv2d_1`), so that equal networks have equal hashes.
 */
import { isObject, refuse, refusePhrase } from '../../util/check';
import { kerasTwoConfig, kerasTwoNodes } from './kerasThree';
import { layerClass } from './layerClasses';
import { layerConfig } from './layerConfig';
import { canonicalNames, chained, INPUT, type ReadLayer, reaching } from './topologyOrder';

/** A layer and what it reads. */
export interface TopologyLayer {
  readonly name: string;
  readonly className: string;
  /** As Keras writes it, `kernel_size`; without name, shape of the batch and what is as always. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Names of layers, or `INPUT`. */
  readonly inputs: readonly string[];
}

/** Layers of a network in an order in which each comes after what it reads; the last is the output. */
export interface Topology {
  /** [height, width, channels]; null where the topology leaves it open. */
  readonly input: readonly (number | null)[];
  readonly layers: readonly TopologyLayer[];
  /** New names by those of the model that was read. */
  readonly renamed: ReadonlyMap<string, string>;
}

const LARGEST = { layers: 2000, size: 65_536, text: 100 } as const;

/** @param value of `model.toJSON(null, false)`, of a `model.json` or its `modelTopology` @throws InputError naming the layer */
export function readTopology(where: string, value: unknown): Topology {
  const { className, config } = modelOf(where, value);
  const given = Array.isArray(config) ? config : config['layers'];
  if (!Array.isArray(given) || given.length === 0) throw refuse(`${where}: layers`, 'a list of layers', given);
  if (given.length > LARGEST.layers) throw refuse(`${where}: layers`, `at most ${LARGEST.layers} layers`, given.length);
  const sequential = className === 'Sequential';
  const read = given.map((layer, i) => readLayer(`${where}: layers: ${i}`, layer, sequential));
  const inputs = read.filter((layer) => layer.className === 'InputLayer');
  if (sequential) return ordered(where, chained(read), shapeOf(where, (inputs[0] ?? (read[0] as ReadLayer)).config));
  const start = oneEnd(`${where}: input_layers`, config['input_layers']);
  const end = oneEnd(`${where}: output_layers`, config['output_layers']);
  const own = inputs.find(({ name }) => name === start);
  if (!own) throw refuse(`${where}: input_layers`, 'the name of an InputLayer', start);
  const rest = read.filter((layer) => layer !== own);
  const renamed = rest.map((layer) => ({ ...layer, inputs: layer.inputs.map((name) => (name === start ? INPUT : name)) }));
  return ordered(where, reaching(where, renamed, end), shapeOf(where, own.config));
}

/** The model in what files wrap around it. */
function modelOf(
  where: string,
  value: unknown,
): { readonly className: unknown; readonly config: Readonly<Record<string, unknown>> } {
  let model = value;
  for (const key of ['modelTopology', 'model_config']) if (isObject(model) && isObject(model[key])) model = model[key];
  const known = ['Sequential', 'Functional', 'Model'];
  if (!isObject(model) || !known.includes(String(model['class_name']))) {
    const received = isObject(model) ? model['class_name'] : model;
    throw refuse(where, `the topology of a LayersModel, of class_name ${known.join(', ')}`, received);
  }
  const { class_name: className, config } = model;
  if (!isObject(config) && !Array.isArray(config)) throw refuse(`${where}: config`, 'an object', config);
  return { className, config: config as Readonly<Record<string, unknown>> };
}

function readLayer(where: string, layer: unknown, sequential: boolean): ReadLayer {
  if (!isObject(layer) || !isObject(layer['config'])) throw refuse(where, 'a layer with class_name and config', layer);
  const { class_name: className, config, inbound_nodes: nodes } = layer;
  const name = nameIn(`${where}: name`, layer['name'] ?? config['name']);
  if (className !== 'InputLayer') layerClass(`${where} ${name}`, className);
  const inputs = sequential || className === 'InputLayer' ? [] : inboundOf(`${where} ${name}: inbound_nodes`, nodes);
  return { name, className: className as string, config: kerasTwoConfig(className as string, config), inputs };
}

/** The part of a name that variables and files can have. */
function nameIn(where: string, name: unknown): string {
  const fits = typeof name === 'string' && name.length <= LARGEST.text && /^[A-Za-z0-9]([\w/-]|\.(?!\.))*$/.test(name);
  if (!fits || name.endsWith('.activation')) throw refuse(where, 'a name of letters, digits, "_", "-", "." and "/"', name);
  return name;
}

/** `[[["conv2d_1", 0, 0, {}], …]]`: one node, its inputs the only results of layers that are used once. */
function inboundOf(where: string, nodes: unknown): string[] {
  const plain = kerasTwoNodes(where, nodes);
  const [node, ...others] = Array.isArray(plain) ? plain : [];
  if (others.length > 0) throw refusePhrase(where, 'a layer that is used once', `${others.length + 1} uses`);
  if (!Array.isArray(node) || node.length === 0)
    throw refuse(where, 'the names of its inputs, as tfjs and Keras write them', nodes);
  return node.map((entry) => {
    const [name, at, result] = Array.isArray(entry) ? entry : [];
    if (typeof name !== 'string' || at !== 0 || result !== 0) throw refuse(where, 'inputs ["name", 0, 0]', entry);
    return name;
  });
}

/** `[["input_1", 0, 0]]` or `["input_1", 0, 0]` */
function oneEnd(where: string, ends: unknown): string {
  const first = Array.isArray(ends) && Array.isArray(ends[0]) && ends.length === 1 ? ends[0] : ends;
  if (Array.isArray(first) && typeof first[0] === 'string') return first[0];
  throw refuse(where, 'one input and one output', ends);
}

function shapeOf(where: string, config: ReadLayer['config']): (number | null)[] {
  const shape = config['batch_input_shape'] ?? config['batch_shape'];
  const fits = (size: unknown): boolean =>
    size === null || (Number.isInteger(size) && (size as number) >= 1 && (size as number) <= LARGEST.size);
  if (Array.isArray(shape) && shape.length === 4 && shape.slice(1).every(fits) && shape[3] !== null) return shape.slice(1);
  throw refuse(`${where}: batch_input_shape`, 'images, [null, height, width, channels]', shape);
}

function ordered(where: string, layers: readonly ReadLayer[], input: readonly (number | null)[]): Topology {
  const renamed = canonicalNames(layers);
  if (new Set(renamed.values()).size < layers.length)
    throw refuse(
      `${where}: layers`,
      'a name of its own for every layer',
      layers.map((l) => l.name),
    );
  const named = (name: string): string => renamed.get(name) ?? name;
  return {
    input,
    renamed,
    layers: layers.map(({ name, className, config, inputs }) => ({
      name: named(name),
      className,
      config: layerConfig(`${where}: ${name}`, className, config),
      inputs: inputs.map(named),
    })),
  };
}
