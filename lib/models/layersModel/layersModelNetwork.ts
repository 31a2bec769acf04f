/**
 * A network whose description holds the topology of a `tf.LayersModel`: `{ name: 'layersModel', topology, features?, classes?, input? }`.
 * It is stored, hashed, resumed and planned like any other; `fromLayersModel` makes one of a model that there is. What its layers do is
 * said as data by graphOperations.ts, layers of other kinds than those there by their names alone.
 */
import { tf } from '../../engine/tf';
import type { Variables } from '../../engine/variables';
import { refuse, refusePhrase, sameShape } from '../../util/check';
import type { Random } from '../../util/rng';
import { checkFeatures, checkImages } from '../forwardChecks';
import { inputNormalisation } from '../inputNormalisation';
import { volume } from '../layers/initial';
import { createVariables } from '../layers/variablePlan';
import { type FullSpec, fullSpec, specAt } from '../spec';
import type { ForwardOptions, ForwardResult, Network, NetworkPlan, NetworkSpec } from '../types';
import { featureInfos, featureLayers, type GraphFeature, graphFeatures } from './graphFeatures';
import { graphOperations } from './graphOperations';
import { type PlacedGraph, placeGraph } from './placedGraph';
import { runGraph } from './runGraph';
import { readTopology } from './topology';
import { topologyJson } from './topologyJson';

interface Placed {
  readonly spec: FullSpec;
  readonly graph: PlacedGraph;
  readonly features: readonly GraphFeature[];
}

/** What it will be, without an engine. @throws InputError naming the layer that is refused */
export const planLayersModel = (spec: NetworkSpec): NetworkPlan => planOf(place(spec));

/** Makes it; each variable draws its initial values, as the topology says, from the stream of its own name. */
export function buildLayersModel(spec: NetworkSpec, random: Random): Network {
  if (!tf.engine().backendName) throw refusePhrase(specAt(spec.name), 'a started engine', 'none', 'call await start() first');
  const placed = place(spec);
  return connected(placed, createVariables(planOf(placed).variables, random));
}

/** The same network on images of another size. @throws InputError where a weight would have another shape */
export function layersModelOver(where: string, spec: NetworkSpec, variables: Variables): Network {
  const placed = place(spec);
  const plan = planOf(placed).variables;
  const own = variables.entries();
  const wrong = plan.find(({ shape }, i) => !sameShape(shape, own[i]?.variable.shape ?? []));
  if (wrong) throw refusePhrase(where, `images for which ${wrong.name} keeps its shape`, spec.input?.join('×') ?? 'others');
  return connected(placed, variables);
}

/** Names of the variables of each layer, in the order in which Keras has its weights. @throws InputError as `planLayersModel` */
export const layerVariables = (spec: NetworkSpec): ReadonlyMap<string, readonly string[]> =>
  new Map(place(spec).graph.nodes.map((node) => [node.name, node.variables.map(({ name }) => name)]));

function place({ normalisation, ...given }: NetworkSpec): Placed {
  const where = specAt(String(given.name));
  const topology = readTopology(`${where}: topology`, given['topology']);
  const input = given.input ?? fixedSize(where, topology.input);
  const { name, input: size } = fullSpec({ ...given, input, classes: given.classes ?? 1 }, ['topology', 'features']);
  if (size[2] !== topology.input[2]) throw refuse(`${where}: input`, `images of ${topology.input[2]} channels`, size);
  const graph = placeGraph(`${where}: topology`, topology, size);
  const units = graph.nodes.find((node) => node.name === graph.output)?.shape[0] as number;
  const { classes = units } = given;
  if (classes !== units) throw refusePhrase(`${where}: classes`, `${units}, as the topology's last layer has`, String(classes));
  const layers = featureLayers(`${where}: features`, graph, given['features']);
  const own = inputNormalisation(where, normalisation, size[2]);
  const json = topologyJson({ ...topology, input: topology.input });
  const spec = { name, classes, input: size, topology: json, features: layers, ...(own ? { normalisation: own } : {}) };
  return { spec, graph, features: graphFeatures(graph, layers) };
}

function fixedSize(where: string, size: readonly (number | null)[]): readonly [number, number, number] {
  if (size.includes(null))
    throw refuse(`${where}: input`, '[height, width, channels], which the topology leaves open', undefined);
  return size as unknown as readonly [number, number, number];
}

function planOf({ spec, graph, features }: Placed): NetworkPlan {
  const { nodes } = graph;
  return {
    spec,
    variables: nodes.flatMap(({ variables }) => variables),
    features: featureInfos(graph, features),
    multiplyAdds: nodes.reduce((sum, node) => sum + node.multiplyAdds, 0),
    kept: nodes.reduce((sum, { shape }) => sum + volume(shape), 0),
    operations: graphOperations(graph, features),
  };
}

function connected(placed: Placed, variables: Variables): Network {
  const { spec, graph } = placed;
  const { name, input, classes } = spec;
  const { features, operations } = planOf(placed);
  graph.weights.variables = variables;

  function forward(x: tf.Tensor4D, options: ForwardOptions = {}): ForwardResult {
    const { training = false, features: wanted = [], interventions = {}, random } = options;
    if (variables.disposed) throw refusePhrase(`${name}.forward`, 'a network in use', 'one that was disposed of');
    checkImages(name, x, input);
    checkFeatures(name, features, 'features', wanted);
    checkFeatures(name, features, 'interventions', Object.keys(interventions));
    return tf.tidy(() => {
      const found: Record<string, tf.Tensor4D> = {};
      const reach = (feature: string, map: tf.Tensor): tf.Tensor => {
        const reached = intervene(name, feature, map as tf.Tensor4D, interventions);
        if (wanted.includes(feature)) found[feature] = reached;
        return reached;
      };
      const visit = (node: string, map: tf.Tensor): tf.Tensor =>
        placed.features.reduce((now, { name: own, at, pre }) => {
          const before = pre === node ? reach(`${own}.pre`, now) : now;
          return at === node ? reach(own, before) : before;
        }, map);
      const theirs = Object.keys(interventions).length > 0;
      const keeps = (map: tf.Tensor): boolean => theirs || Object.values(found).includes(map as tf.Tensor4D);
      return { logits: runGraph(graph, x, visit, keeps, { variables, training, random }), features: found };
    });
  }
  const described = { name, spec, input, classes, variables, features, ...(operations ? { operations } : {}) };
  return { ...described, forward, dispose: () => variables.dispose() };
}

function intervene(
  name: string,
  feature: string,
  map: tf.Tensor4D,
  all: NonNullable<ForwardOptions['interventions']>,
): tf.Tensor4D {
  const intervention = all[feature];
  if (!intervention) return map;
  const result = intervention(map);
  if (sameShape(result.shape, map.shape)) return result;
  throw refuse(`${name}.forward: interventions: ${feature}`, `a map of shape ${JSON.stringify(map.shape)}`, result.shape);
}
