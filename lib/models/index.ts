/** The table of networks: adding one is one file and one line here. */
import { pick } from '../util/check';
import type { Random } from '../util/rng';
import { parametersOf } from './plan';
import { buildResnet, planResnet } from './resnet';
import type { FeatureInfo, Network, NetworkPlan, NetworkSpec } from './types';

/** How a kind of network is planned and made. */
export interface NetworkBuilder {
  /** What it will be; also checks the options. */
  plan(spec: NetworkSpec): NetworkPlan;
  /** Makes it; each variable draws from the random stream of its own name. */
  build(spec: NetworkSpec, random: Random): Network;
  /** In a sentence, with its source. */
  readonly summary: string;
}

const resnet: NetworkBuilder = {
  plan: planResnet,
  build: buildResnet,
  summary: 'CIFAR ResNet (He et al. 2016); shortcut: A zero channels, B 1×1 convolution (default)',
};

/** Builders by name. */
export const NETWORKS: Readonly<Record<string, NetworkBuilder>> = {
  resnet8: resnet,
  resnet14: resnet,
  resnet20: resnet,
  resnet32: resnet,
  resnet44: resnet,
  resnet56: resnet,
  resnet110: resnet,
};

/** Makes a network from its description. @throws InputError for unknown names and options, listing the known ones */
export function buildNetwork(spec: NetworkSpec, random: Random): Network {
  return pick('buildNetwork', NETWORKS, spec.name).build(spec, random);
}

/** What `buildNetwork` would make. */
export function planNetwork(spec: NetworkSpec): NetworkPlan {
  return pick('planNetwork', NETWORKS, spec.name).plan(spec);
}

/** One line of the list of models. */
export interface ModelRow {
  readonly name: string;
  readonly summary: string;
  /** Trained values with the default options and 10 or 100 classes. */
  readonly parameters10: number;
  readonly parameters100: number;
  /** Multiply-adds of one 32×32×3 image, 10 classes. */
  readonly multiplyAdds: number;
  /** Maps that can be matched, in order of depth. */
  readonly features: readonly FeatureInfo[];
}

/** Every known network with its sizes. */
export function describeModels(): ModelRow[] {
  return Object.entries(NETWORKS).map(([name, { plan, summary }]) => {
    const [ten, hundred] = [plan({ name, classes: 10 }), plan({ name, classes: 100 })];
    const { multiplyAdds, features } = ten;
    return {
      name,
      summary,
      parameters10: parametersOf(ten.variables),
      parameters100: parametersOf(hundred.variables),
      multiplyAdds,
      features,
    };
  });
}
