/** A network from its blueprint: stages of layers and a head, from which its plan, its features and its forward pass follow. */
import type { PriorSpec } from '../detection/priors/priors';
import { tf } from '../engine/tf';
import type { Variables } from '../engine/variables';
import { refuse, refusePhrase, sameShape } from '../util/check';
import { canonicalJson } from '../util/hash';
import type { Random } from '../util/rng';
import { count } from '../util/text';
import { checkFeatures, checkImages } from './forwardChecks';
import { activate, activates, NONE } from './layers/activation';
import type { ForwardContext } from './layers/functional';
import { volume } from './layers/initial';
import { type Layer, type MapSize, onFrom, type PlacedLayer, sums } from './layers/layer';
import type { NetworkOperations } from './layers/operations';
import { createVariables } from './layers/variablePlan';
import { priorPredictions } from './priorPredictions';
import { type FullSpec, specAt } from './spec';
import type { FeatureInfo, ForwardOptions, ForwardResult, Network, NetworkPlan } from './types';

/** A network as data: every option filled in, and the layers that follow from them. */
export interface Blueprint {
  readonly spec: FullSpec;
  /** `stage1`, `stage2`, …: each ends in a map that can be matched. */
  readonly stages: readonly Layer[];
  /** From the last map to the logits, a map of one position and a channel a class; or a head on each of several maps. */
  readonly head: Layer | readonly MapHead[];
  /** The last stage of the backbone, where stages of a detector come after it. */
  readonly lastStage?: string;
  /** What the predictions of several heads are placed on. */
  readonly priors?: PriorSpec;
}

/** A head on the map of a stage: what it says of the priors of each position, see priorPredictions.ts. */
export interface MapHead {
  /** `stage2` */
  readonly feature: string;
  readonly layer: Layer;
}

interface PlacedStage {
  readonly name: string;
  readonly layer: PlacedLayer;
}

interface Placed {
  readonly stages: readonly PlacedStage[];
  /** One over the last map, or several. */
  readonly heads: readonly PlacedHead[];
}

interface PlacedHead {
  /** Of the map that it reads; undefined: the last. */
  readonly feature: string | undefined;
  readonly layer: PlacedLayer;
}

/** What a network will be, without making it. */
export function planOf(blueprint: Blueprint): NetworkPlan {
  return planPlaced(blueprint, place(blueprint));
}

/** Values of a network: 4 GB of float32, and as much again for their gradients and velocities. */
const LARGEST = 1_000_000_000;

/** Makes a network; each variable draws its initial values from the stream of its own name. */
export function networkOf(blueprint: Blueprint, random: Random): Network {
  const placed = place(blueprint);
  const { spec, variables: plan } = planPlaced(blueprint, placed);
  if (!tf.engine().backendName) throw refusePhrase(specAt(spec.name), 'a started engine', 'none', 'call await start() first');
  const values = plan.reduce((sum, { shape }) => sum + volume(shape), 0);
  if (values > LARGEST) throw refuse(specAt(spec.name), `a network of at most ${count(LARGEST)} values`, values);
  return connected(blueprint, placed, createVariables(plan, random));
}

/**
 * The network of a blueprint over values that there are already; they stay whose they are.
 * @throws InputError where the blueprint has other variables, or some of other shapes
 */
export function networkOver(where: string, blueprint: Blueprint, variables: Variables): Network {
  const placed = place(blueprint);
  const shapes = (list: readonly { readonly name: string; readonly shape: readonly number[] }[]): string =>
    JSON.stringify(list.map(({ name, shape }) => [name, shape]));
  const entries = variables.entries().map(({ name, variable }) => ({ name, shape: variable.shape }));
  if (shapes(planPlaced(blueprint, placed).variables) !== shapes(entries)) {
    throw refusePhrase(where, `the weights of ${canonicalJson(blueprint.spec)}`, 'others');
  }
  return connected(blueprint, placed, variables);
}

function connected(blueprint: Blueprint, placed: Placed, variables: Variables): Network {
  const { spec, features, operations } = planPlaced(blueprint, placed);
  const { name, classes, input } = blueprint.spec;

  function forward(x: tf.Tensor4D, options: ForwardOptions = {}): ForwardResult {
    const { training = false, features: wanted = [], interventions = {}, random: draws } = options;
    if (variables.disposed) throw refusePhrase(`${name}.forward`, 'a network in use', 'one that was disposed of');
    checkImages(name, x, input);
    checkFeatures(name, features, 'features', wanted);
    checkFeatures(name, features, 'interventions', Object.keys(interventions));
    return tf.tidy(() => {
      const { outputs, features: found } = run(
        x,
        placed,
        { name, wanted, interventions },
        { variables, training, random: draws },
      );
      return {
        ...(blueprint.priors ? priorPredictions(outputs, classes) : { logits: outputs[0] as tf.Tensor2D }),
        features: found,
      };
    });
  }
  const { priors, lastStage } = blueprint;
  const detector = { ...(lastStage ? { lastStage } : {}), ...(priors ? { priors } : {}) };
  const described = { name, spec, input, classes, variables, features, ...detector };
  return { ...described, ...(operations ? { operations } : {}), forward, dispose: () => variables.dispose() };
}

function place({ spec, stages, head }: Blueprint): Placed {
  let size: MapSize = spec.input;
  const placed = stages.map((stage, i): PlacedStage => {
    const layer = stage(size);
    size = layer.output;
    return { name: `stage${i + 1}`, layer };
  });
  if (typeof head === 'function') return { stages: placed, heads: [{ feature: undefined, layer: head(size) }] };
  const heads = head.map(({ feature, layer }): PlacedHead => {
    const stage = placed.find(({ name }) => name === feature);
    if (!stage) throw refuse(specAt(spec.name), 'a head on one of the stages', feature);
    return { feature, layer: layer(stage.layer.output) };
  });
  return { stages: placed, heads };
}

/** Undefined for a network without stages: a head has no map then. */
function networkOperations({ stages, heads }: Placed): NetworkOperations | undefined {
  const last = stages.at(-1)?.name;
  if (last === undefined) return undefined;
  return {
    stages: stages.map(({ name, layer }) => ({ name, operations: layer.operations })),
    heads: heads.map(({ feature = last, layer }) => ({ feature, operations: layer.operations })),
  };
}

function planPlaced({ spec }: Blueprint, placed: Placed): NetworkPlan {
  const { stages, heads } = placed;
  const operations = networkOperations(placed);
  const layers = [...stages, ...heads].map(({ layer }) => layer);
  return { spec, ...sums(layers), features: stages.flatMap(featuresOf), ...(operations ? { operations } : {}) };
}

/** A stage's map before its last activation (`stage3.pre`) and after it (`stage3`); where there is none, the same map twice. */
function featuresOf({ name, layer }: PlacedStage): FeatureInfo[] {
  const [height, width, channels] = layer.output;
  const activated = activates(layer.activation);
  const map = { channels, height, width, ...(activated && layer.batchNorm ? { batchNorm: layer.batchNorm } : {}) };
  return [
    { name: `${name}.pre`, ...map, activated: false },
    { name, ...map, activated },
  ];
}

/** What a pass returns beside its logits, and what is done to its features. */
interface Asked {
  /** The network's, for errors. */
  readonly name: string;
  readonly wanted: readonly string[];
  readonly interventions: NonNullable<ForwardOptions['interventions']>;
}

/** What the heads say, [batch, values] each, and the features asked for. */
interface Reached extends Pick<ForwardResult, 'features'> {
  readonly outputs: readonly tf.Tensor2D[];
}

function run(x: tf.Tensor4D, { stages, heads }: Placed, asked: Asked, context: ForwardContext): Reached {
  const features: Record<string, tf.Tensor4D> = {};
  const tapped = new Map<string, tf.Tensor4D>();
  const { wanted, interventions } = asked;
  function reach(feature: string, map: tf.Tensor4D): tf.Tensor4D {
    const reached = intervene(asked, feature, map);
    if (wanted.includes(feature)) features[feature] = reached;
    if (heads.some((head) => head.feature === feature)) tapped.set(feature, reached);
    return reached;
  }
  /** Runs what needs a map last; the map goes then, unless it is somebody else's. */
  function goOn(map: tf.Tensor4D, next: () => tf.Tensor4D): tf.Tensor4D {
    const kept = Object.values(features).includes(map) || [...tapped.values()].includes(map);
    const theirs = Object.keys(interventions).length > 0 || kept;
    return onFrom(map, theirs ? map : x, next);
  }
  let h = x;
  for (const { name, layer } of stages) {
    const pre = `${name}.pre`;
    if (wanted.includes(pre) || interventions[pre]) {
      const before = reach(
        pre,
        goOn(h, () => layer.run(h, context, { activation: NONE })),
      );
      h = goOn(before, () => activate(before, layer.activation));
    } else {
      h = goOn(h, () => layer.run(h, context));
    }
    h = reach(name, h);
  }
  const outputs = heads.map(({ feature, layer }) => {
    const map = feature === undefined ? h : (tapped.get(feature) as tf.Tensor4D);
    return tf.reshape(
      goOn(map, () => layer.run(map, context)), // [batch, 1, 1, classes], or [batch, rows, columns, values]
      [-1, volume(layer.output)],
    ) as tf.Tensor2D;
  });
  return { outputs, features };
}

function intervene({ name, interventions }: Asked, feature: string, map: tf.Tensor4D): tf.Tensor4D {
  const intervention = interventions[feature];
  if (!intervention) return map;
  const result = intervention(map);
  if (sameShape(result.shape, map.shape)) return result;
  throw refuse(`${name}.forward: interventions: ${feature}`, `a map of shape ${JSON.stringify(map.shape)}`, result.shape);
}
