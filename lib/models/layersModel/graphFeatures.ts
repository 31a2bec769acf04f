/**
 * Which maps of a LayersModel are features. By default the last map of each height × width before the first global pooling, Flatten or
 * Dense, `stage1`, `stage2`, … in order of depth; results of pooling, padding, dropout and reshaping do not count. Or those that are named,
 * `{ stage1: 'conv2d_3' }`. `<name>` is what readers of the layer read, `<name>.pre` the map before it where the layer is an activation, else
 * the same map.
 */
import { isObject, pick, refuse } from '../../util/check';
import type { FeatureInfo } from '../types';
import type { PlacedGraph } from './placedGraph';
import type { GraphNode } from './placedNode';

/** A feature and the layers at which its maps are. */
export interface GraphFeature {
  readonly name: string;
  readonly at: string;
  readonly pre: string;
}

const ACTIVATIONS = ['Activation', 'ReLU', 'LeakyReLU', 'PReLU', 'ELU'];
const NOT_COUNTED = ['ZeroPadding2D', 'Cropping2D', 'MaxPooling2D', 'AveragePooling2D', 'Dropout', 'Reshape', 'Permute'];
const ENDS = ['GlobalAveragePooling2D', 'GlobalMaxPooling2D', 'Flatten', 'Dense'];

/** Names of layers by those of features. @param given of the description, undefined: the default */
export function featureLayers(where: string, { nodes }: PlacedGraph, given: unknown): Readonly<Record<string, string>> {
  if (given === undefined) return lastOfEachSize(nodes);
  if (!isObject(given) || Object.keys(given).length === 0)
    throw refuse(where, "names of layers by names of features, { stage1: 'conv2d_3' }", given);
  const maps = Object.fromEntries(nodes.filter(({ shape }) => shape.length === 3).map(({ name }) => [name, name]));
  return Object.fromEntries(
    Object.entries(given).map(([name, layer]) => {
      if (!/^[A-Za-z][A-Za-z0-9_-]{0,59}$/.test(name)) throw refuse(where, 'a name of letters, digits, "_" and "-"', name);
      return [name, pick(`${where}: ${name}`, maps, layer)];
    }),
  );
}

function lastOfEachSize(nodes: readonly GraphNode[]): Record<string, string> {
  const end = nodes.findIndex(({ className }) => ENDS.includes(className));
  const last = new Map<string, string>();
  for (const { name, className, shape } of end < 0 ? nodes : nodes.slice(0, end)) {
    if (shape.length !== 3 || NOT_COUNTED.includes(className)) continue;
    const size = `${shape[0]}×${shape[1]}`;
    last.delete(size);
    last.set(size, name.replace(/\.activation$/, ''));
  }
  return Object.fromEntries([...last.values()].map((name, i) => [`stage${i + 1}`, name]));
}

/** Where the features are in a graph, in order of depth. */
export function graphFeatures({ nodes }: PlacedGraph, layers: Readonly<Record<string, string>>): GraphFeature[] {
  const place = (name: string): number => nodes.findIndex((node) => node.name === name);
  const found = Object.entries(layers).map(([name, layer]): GraphFeature => {
    const at = place(`${layer}.activation`) < 0 ? layer : `${layer}.activation`;
    const node = nodes[place(at)] as GraphNode;
    const before = node.inputs[0] as string;
    const cut = ACTIVATIONS.includes(node.className) && node.config['activation'] !== 'linear' && place(before) >= 0;
    return { name, at, pre: cut ? before : at };
  });
  return found.sort((a, b) => place(a.at) - place(b.at));
}

/** Each twice, before and after the activation. */
export function featureInfos({ nodes }: PlacedGraph, features: readonly GraphFeature[]): FeatureInfo[] {
  return features.flatMap(({ name, at, pre }): FeatureInfo[] => {
    const [node, before] = [at, pre].map((own) => nodes.find((one) => one.name === own)) as [GraphNode, GraphNode];
    const [height, width, channels] = node.shape as [number, number, number];
    const norm = at === pre ? undefined : normBefore(nodes, before);
    const map = { height, width, channels, ...(norm === undefined ? {} : { batchNorm: norm }) };
    return [
      { name: `${name}.pre`, ...map, activated: false },
      { name, ...map, activated: at !== pre },
    ];
  });
}

/** The norm with scale and shift that made a map: of a sum that of its first summand. */
function normBefore(nodes: readonly GraphNode[], node: GraphNode): string | undefined {
  const made = node.className === 'Add' ? nodes.find(({ name }) => name === node.inputs[0]) : node;
  return made?.className === 'BatchNormalization' && made.variables.length === 4 ? made.name : undefined;
}
