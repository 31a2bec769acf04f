/**
 * A topology placed on images of one size: what each layer makes of which maps, and the variables that it needs, before any is made. The
 * layers are those of tf.layers themselves, asked for the shapes of their weights and results; their weights are this library's variables.
 * Activations that are part of another layer become layers of their own (`conv2d_1.activation`), and a softmax at the end is left out.
 */
import { hinted, refuse } from '../../util/check';
import { count } from '../../util/text';
import { volume } from '../layers/initial';
import { type GraphNode, MOST_VALUES, placeNode, type Weights } from './placedNode';
import type { Topology, TopologyLayer } from './topology';
import { INPUT } from './topologyOrder';

/** Layers in their order, and where they find their weights. */
export interface PlacedGraph {
  readonly nodes: readonly GraphNode[];
  /** The node whose result are the logits. */
  readonly output: string;
  /** Set before it runs. */
  readonly weights: Weights;
}

/** @throws InputError naming the layer that cannot stand there */
export function placeGraph(where: string, topology: Topology, input: readonly number[]): PlacedGraph {
  const weights: Weights = { variables: undefined };
  const shapes = new Map<string, readonly number[]>([[INPUT, input]]);
  const ends = new Map<string, string>(); // what readers of a layer read: its activation, where that is a layer of its own
  const nodes: GraphNode[] = [];
  for (const one of topology.layers.flatMap(separated)) {
    const at = `${where}: ${one.name}`;
    const inputs = one.inputs.map((name) => (one.name === `${name}.activation` ? name : (ends.get(name) ?? name)));
    const node = placeNode(
      at,
      { ...one, inputs },
      inputs.map((name) => shapes.get(name) ?? []),
      weights,
    );
    shapes.set(one.name, node.shape);
    if (one.name.endsWith('.activation')) ends.set(one.name.slice(0, -'.activation'.length), one.name);
    nodes.push(node);
  }
  const values = nodes.flatMap((node) => node.variables).reduce((sum, { shape }) => sum + volume(shape), 0);
  if (!(values <= MOST_VALUES)) throw refuse(where, `at most ${count(MOST_VALUES)} values`, values);
  return { ...withoutSoftmax(where, nodes), weights };
}

/** A layer and its activation. */
function separated(layer: TopologyLayer): TopologyLayer[] {
  const { activation = 'linear', ...config } = layer.config;
  if (layer.className === 'Activation' || !('activation' in layer.config)) return [layer];
  const bare = { ...layer, config };
  if (activation === 'linear') return [bare];
  const own = { name: `${layer.name}.activation`, className: 'Activation', config: { activation }, inputs: [layer.name] };
  return [bare, own];
}

/** Logits are what the last softmax reads. */
function withoutSoftmax(where: string, nodes: readonly GraphNode[]): Pick<PlacedGraph, 'nodes' | 'output'> {
  const last = nodes.at(-1) as GraphNode;
  const isSoftmax = last.className === 'Softmax' || last.config['activation'] === 'softmax';
  const kept = isSoftmax ? nodes.slice(0, -1) : nodes;
  const output = isSoftmax ? (last.inputs[0] as string) : last.name;
  const end = nodes.find(({ name }) => name === output);
  const activation = end?.className === 'Activation' ? end.config['activation'] : end?.className;
  if (end?.className === 'Activation' && activation !== 'linear') {
    throw refuse(
      where,
      'a last layer without activation, or with softmax',
      activation,
      'logits are compared and trained, not what is made of them',
    );
  }
  if (end?.shape.length === 1) return { nodes: kept, output };
  return hinted('a Flatten or GlobalAveragePooling2D before the last Dense makes it one row', () => {
    throw refuse(where, 'an output [batch, classes]', end ? [null, ...end.shape] : 'the images');
  });
}
