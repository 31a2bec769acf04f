/**
 * A projector on a network, and a classifier that does not learn (SimKD, Chen et al. 2022): the last map is brought to other channels, and
 * what the network had behind it is left out.
 *   logits = W · mean over positions of P(pooled map) + b, P a 1×1, a 3×3 and a 1×1 convolution, each with batch norm and ReLU
 * The projected map is the network's last stage. W and b are no parameters: no step and no weight decay moves them; `simkd` takes them over
 * from a teacher (methods/simKd.ts).
 */
import { integerIn, isObject, knownKeys, refuse, refusePhrase } from '../util/check';
import type { ProjectorSpec } from './described/projectorSpec';
import { RELU } from './layers/activation';
import { convolution } from './layers/convolutionLayers';
import { chain, type Layer } from './layers/layer';
import { linear } from './layers/linearLayers';
import { averagePool, averagePoolBy } from './layers/poolingLayers';
import type { Blueprint } from './network';

/** Names of the variables of the classifier. */
export const PROJECTED_CLASSIFIER = { weight: 'classifier.weight', bias: 'classifier.bias' } as const;

const KEYS: readonly (keyof ProjectorSpec)[] = ['channels', 'bottleneck', 'pool'];

/** Far above what is in use, as in described/fullLayers.ts. */
const LARGEST = { channels: 65_536, pool: 1024 } as const;

/** The network with a projector. @throws InputError naming the option that is wrong, and for a detector */
export function withProjector(where: string, blueprint: Blueprint, given: unknown): Blueprint {
  const projector = fullProjector(`${where}: projector`, given);
  const { spec, stages, head, priors } = blueprint;
  if (typeof head !== 'function' || priors) {
    throw refusePhrase(`${where}: projector`, 'a network with one answer an image', 'one that says where objects are');
  }
  return {
    spec: { ...spec, projector },
    stages: [...stages, projection(`${where}: projector: pool`, projector)],
    head: chain(averagePool, frozen(linear('classifier', spec.classes))),
  };
}

function fullProjector(where: string, given: unknown): Required<ProjectorSpec> {
  if (!isObject(given)) throw refuse(where, 'an object, { channels: 64 }', given);
  knownKeys(where, given, KEYS);
  const channels = integerIn(`${where}: channels`, given['channels'], 1, LARGEST.channels);
  const { bottleneck = Math.max(1, Math.floor(channels / 2)), pool = 1 } = given;
  return {
    channels,
    bottleneck: integerIn(`${where}: bottleneck`, bottleneck, 1, LARGEST.channels),
    pool: integerIn(`${where}: pool`, pool, 1, LARGEST.pool),
  };
}

function projection(where: string, { channels, bottleneck, pool }: Required<ProjectorSpec>): Layer {
  const step = (i: number, size: number, to: number): Layer =>
    convolution({ conv: `projector.conv${i}`, norm: `projector.bn${i}`, size, to, activation: RELU });
  const steps = [step(1, 1, bottleneck), step(2, 3, bottleneck), step(3, 1, channels)];
  return chain(...(pool > 1 ? [averagePoolBy(where, pool)] : []), ...steps);
}

/** A layer whose variables are not trained. */
const frozen =
  (layer: Layer): Layer =>
  (input) => {
    const placed = layer(input);
    return { ...placed, variables: placed.variables.map((variable) => ({ ...variable, trainable: false })) };
  };
