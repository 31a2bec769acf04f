/** The table of networks by name: a new family is a file in families/ (family.ts says how) and one line here. */
import { refuse } from '../util/check';
import type { Random } from '../util/rng';
import { deepResnet } from './families/deepResnet';
import type { Family } from './families/family';
import { mobilenet } from './families/mobilenet';
import { mobilenetV2 } from './families/mobilenetV2';
import { resnet } from './families/resnet';
import { shufflenetV2 } from './families/shufflenetV2';
import { vgg } from './families/vgg';
import { wrn } from './families/wrn';
import { parametersOf } from './layers/variablePlan';
import { networkOf, planOf } from './network';
import type { FeatureInfo, Network, NetworkPlan, NetworkSpec } from './types';

const FAMILIES: readonly Family[] = [resnet, deepResnet, wrn, vgg, mobilenet, mobilenetV2, shufflenetV2];

/** The family that lists a name, or else the first whose names look like it, if only to say why there is no such member. */
function familyOf(where: string, name: string): Family {
  const family = FAMILIES.find(({ names }) => names.includes(name)) ?? FAMILIES.find(({ pattern }) => pattern?.form.test(name));
  if (family) return family;
  const known = FAMILIES.flatMap(({ names, pattern }) => [...names, ...(pattern ? [pattern.text] : [])]);
  throw refuse(where, `one of ${known.join(', ')}`, name);
}

/**
 * Builds a network from its description. Each variable draws its initial values from the stream of its own name.
 * @throws InputError for unknown names and options, listing the known ones
 * @example
 * ```ts
 * import { buildNetwork, random, start } from 'iekd';
 *
 * await start();
 * const network = buildNetwork({ name: 'wrn-16-2', classes: 100, dropout: 0.3 }, random(0));
 * console.log(network.features.map(({ name }) => name)); // stage1.pre, stage1, …
 * network.dispose();
 * ```
 */
export function buildNetwork(spec: NetworkSpec, random: Random): Network {
  return networkOf(familyOf('buildNetwork', spec.name).blueprint(spec), random);
}

/**
 * What `buildNetwork` would build, without an engine: variables, features, multiply-adds. @throws InputError as `buildNetwork` does
 * @example
 * ```ts
 * import { planNetwork } from 'iekd';
 *
 * const { multiplyAdds, features } = planNetwork({ name: 'resnet56' });
 * console.log(multiplyAdds, features.at(-1)); // of one image; stage3: 64 channels, 8×8
 * ```
 */
export function planNetwork(spec: NetworkSpec): NetworkPlan {
  return planOf(familyOf('planNetwork', spec.name).blueprint(spec));
}

/** One line of the list of models. */
export interface ModelRow {
  readonly name: string;
  readonly summary: string;
  /** How all names of its family are made, where there are more than the list has. */
  readonly pattern?: string;
  /** Trained values with the default options and 10 or 100 classes. */
  readonly parameters10: number;
  readonly parameters100: number;
  /** Multiply-adds of one 32×32×3 image, 10 classes. */
  readonly multiplyAdds: number;
  /** Maps that can be matched, in order of depth. */
  readonly features: readonly FeatureInfo[];
}

/**
 * Lists every known network with its sizes, families together.
 * @example
 * ```ts
 * import { describeModels } from 'iekd';
 *
 * for (const { name, parameters10, summary } of describeModels()) console.log(name, parameters10, summary);
 * ```
 */
export function describeModels(): ModelRow[] {
  return FAMILIES.flatMap((family) => family.names.map((name) => describe(family, name)));
}

function describe({ blueprint, summary, pattern }: Family, name: string): ModelRow {
  const [ten, hundred] = [planOf(blueprint({ name, classes: 10 })), planOf(blueprint({ name, classes: 100 }))];
  return {
    name,
    summary,
    ...(pattern ? { pattern: pattern.text } : {}),
    parameters10: parametersOf(ten.variables),
    parameters100: parametersOf(hundred.variables),
    multiplyAdds: ten.multiplyAdds,
    features: ten.features,
  };
}
