/** A network from its blueprint: stages of layers and a head, from which its plan, its features and its forward pass follow. */
import { tf } from '../engine/tf';
import { refuse, sameShape } from '../util/check';
import type { Random } from '../util/rng';
import { checkFeatures, checkImages } from './forwardChecks';
import { activate, activates, NONE } from './layers/activation';
import type { ForwardContext } from './layers/functional';
import { type Layer, type MapSize, type PlacedLayer, sums } from './layers/layer';
import type { NetworkOperations } from './layers/operations';
import { createVariables } from './layers/variablePlan';
import type { FullSpec } from './spec';
import type { FeatureInfo, ForwardOptions, ForwardResult, Network, NetworkPlan } from './types';

/** A network as data: every option filled in, and the layers that follow from them. */
export interface Blueprint {
  readonly spec: FullSpec;
  /** `stage1`, `stage2`, …: each ends in a map that can be matched. */
  readonly stages: readonly Layer[];
  /** From the last map to the logits, a map of one position and a channel a class. */
  readonly head: Layer;
}

interface PlacedStage {
  readonly name: string;
  readonly layer: PlacedLayer;
}

interface Placed {
  readonly stages: readonly PlacedStage[];
  readonly head: PlacedLayer;
}

/** What a network will be, without making it. */
export function planOf(blueprint: Blueprint): NetworkPlan {
  return planPlaced(blueprint, place(blueprint));
}

/** Makes a network; each variable draws its initial values from the stream of its own name. */
export function networkOf(blueprint: Blueprint, random: Random): Network {
  const placed = place(blueprint);
  const { spec, features, variables: plan } = planPlaced(blueprint, placed);
  const variables = createVariables(plan, random);
  const { name, classes, input } = blueprint.spec;

  function forward(x: tf.Tensor4D, options: ForwardOptions = {}): ForwardResult {
    const { training = false, features: wanted = [], interventions = {}, random: draws } = options;
    checkImages(name, x, input);
    checkFeatures(name, features, 'features', wanted);
    checkFeatures(name, features, 'interventions', Object.keys(interventions));
    return tf.tidy(() => run(x, placed, { name, wanted, interventions }, { variables, training, random: draws }));
  }
  const operations = networkOperations(placed);
  return { name, spec, input, classes, variables, features, operations, forward, dispose: () => variables.dispose() };
}

function place({ spec, stages, head }: Blueprint): Placed {
  let size: MapSize = spec.input;
  const placed = stages.map((stage, i): PlacedStage => {
    const layer = stage(size);
    size = layer.output;
    return { name: `stage${i + 1}`, layer };
  });
  return { stages: placed, head: head(size) };
}

function networkOperations({ stages, head }: Placed): NetworkOperations {
  return { stages: stages.map(({ name, layer }) => ({ name, operations: layer.operations })), head: head.operations };
}

function planPlaced({ spec }: Blueprint, { stages, head }: Placed): NetworkPlan {
  return { spec, ...sums([...stages.map(({ layer }) => layer), head]), features: stages.flatMap(featuresOf) };
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

function run(x: tf.Tensor4D, { stages, head }: Placed, asked: Asked, context: ForwardContext): ForwardResult {
  const features: Record<string, tf.Tensor4D> = {};
  const { wanted, interventions } = asked;
  function reach(feature: string, map: tf.Tensor4D): tf.Tensor4D {
    const reached = intervene(asked, feature, map);
    if (wanted.includes(feature)) features[feature] = reached;
    return reached;
  }
  let h = x;
  for (const { name, layer } of stages) {
    const pre = `${name}.pre`;
    if (wanted.includes(pre) || interventions[pre]) {
      h = activate(reach(pre, layer.run(h, context, { activation: NONE })), layer.activation);
    } else {
      h = layer.run(h, context);
    }
    h = reach(name, h);
  }
  const logits = head.run(h, context); // [batch, 1, 1, classes]
  return { logits: tf.reshape(logits, [-1, head.output[2]]), features };
}

function intervene({ name, interventions }: Asked, feature: string, map: tf.Tensor4D): tf.Tensor4D {
  const intervention = interventions[feature];
  if (!intervention) return map;
  const result = intervention(map);
  if (sameShape(result.shape, map.shape)) return result;
  throw refuse(`${name}.forward: interventions: ${feature}`, `a map of shape ${JSON.stringify(map.shape)}`, result.shape);
}
