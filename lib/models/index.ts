/** The table of networks by name: a new family is a file in families/ (family.ts says how) and one line here. */
import { isObject, refuse, refusePhrase, sameShape, unknownName } from '../util/check';
import type { Random } from '../util/rng';
import { describedBlueprint } from './described/describedNetwork';
import { deepResnet } from './families/deepResnet';
import type { Family } from './families/family';
import { mobilenet } from './families/mobilenet';
import { mobilenetV2 } from './families/mobilenetV2';
import { resnet } from './families/resnet';
import { shufflenetV2 } from './families/shufflenetV2';
import { ssd } from './families/ssd';
import { ssd300 } from './families/ssd300';
import { ssd300Vgg } from './families/ssd300Vgg';
import { ssdLite } from './families/ssdLite';
import { vgg } from './families/vgg';
import { wrn } from './families/wrn';
import { inputNormalisation } from './inputNormalisation';
import { parametersOf } from './layers/variablePlan';
import { buildLayersModel, layersModelOver, planLayersModel } from './layersModel/layersModelNetwork';
import { type Blueprint, networkOf, networkOver, planOf } from './network';
import { withProjector } from './projector';
import { specAt } from './spec';
import type { FeatureInfo, Network, NetworkPlan, NetworkSpec } from './types';

const FAMILIES: readonly Family[] = [resnet, deepResnet, wrn, vgg, mobilenet, mobilenetV2, shufflenetV2];
/** Networks that say where objects are. */
const DETECTORS: readonly Family[] = [ssd, ssd300, ssd300Vgg, ssdLite];

/** The family that lists a name, or else the first whose names look like it, if only to say why there is no such member. */
function findFamily(name: string): Family | undefined {
  const all = [...FAMILIES, ...DETECTORS];
  return all.find(({ names }) => names.includes(name)) ?? all.find(({ pattern }) => pattern?.form.test(name));
}

/** Layers by a name of the table, or by `stages`, which only a network of one's own has. */
function layersOf(where: string, spec: NetworkSpec): Blueprint {
  const family = typeof spec.name === 'string' ? findFamily(spec.name) : undefined;
  if (family) return family.blueprint(spec);
  if (spec.stages !== undefined) return describedBlueprint(spec);
  const known = [...FAMILIES, ...DETECTORS].flatMap(({ names, pattern }) => [...names, ...(pattern ? [pattern.text] : [])]);
  throw unknownName(where, known, spec.name);
}

/** What a description says; a projector and the images' normalisation are the same for all kinds. */
function blueprintOf(where: string, given: NetworkSpec): Blueprint {
  if (!isObject(given)) throw refuse(where, 'a description of a network, { name: "resnet20" }', given);
  const { normalisation, projector, ...spec } = given;
  const layers = layersOf(where, spec);
  const blueprint = projector === undefined ? layers : withProjector(specAt(spec.name), layers, projector);
  const own = inputNormalisation(specAt(spec.name), normalisation, blueprint.spec.input[2]);
  return own ? { ...blueprint, spec: { ...blueprint.spec, normalisation: own } } : blueprint;
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
  if (typeof random?.stream !== 'function')
    throw refuse('buildNetwork: random', 'random(seed)', random, 'as in buildNetwork(…, random(0))');
  return hasTopology(spec) ? buildLayersModel(spec, random) : networkOf(blueprintOf('buildNetwork', spec), random);
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
  return hasTopology(spec) ? planLayersModel(spec) : planOf(blueprintOf('planNetwork', spec));
}

/**
 * A network on images of another height and width: with the same weights, each layer placed on maps of the new size. All of the
 * table can be: they average over positions before their linear layers, so that no weight belongs to one size. It is no copy:
 * what one learns the other knows, and disposing of it disposes of both.
 * @param where named in errors @throws InputError for images of other channels, and for a network that no table has
 */
export function onImages(where: string, network: Network, size: Network['input']): Network {
  const { name, spec, input, variables } = network;
  if (sameShape(input, size)) return network;
  const known = isKnown(spec);
  if (input[2] !== size[2] || !known) {
    const hint = known ? 'channels must be the same' : 'only networks of buildNetwork can be placed on another size';
    throw refusePhrase(`${where} ${name}`, `images of ${input.join('×')}`, size.join('×'), hint);
  }
  const [at, resized] = [`${where} ${name}`, { ...spec, input: size }];
  const placed = hasTopology(spec)
    ? layersModelOver(at, resized, variables)
    : networkOver(at, blueprintOf(where, resized), variables);
  return { ...placed, dispose: () => network.dispose() };
}

/** As `planNetwork`; undefined for a network that is not of `buildNetwork`. */
export function planIfKnown(spec: NetworkSpec): NetworkPlan | undefined {
  return isKnown(spec) ? planNetwork(spec) : undefined;
}

const isKnown = (spec: NetworkSpec): boolean =>
  spec.stages !== undefined || hasTopology(spec) || findFamily(spec.name) !== undefined;

/** Whether it is a `tf.LayersModel`'s; names of the table are their families'. */
const hasTopology = (spec: NetworkSpec): boolean =>
  isObject(spec) && spec['topology'] !== undefined && (typeof spec.name !== 'string' || findFamily(spec.name) === undefined);

/** One line of the list of models. */
export interface ModelRow {
  readonly name: string;
  /** What it can be trained for: `classification`, `detection`. */
  readonly task: string;
  readonly summary: string;
  /** How all names of its family are made, where there are more than the list has. */
  readonly pattern?: string;
  /** Trained values with the default options and 10 or 100 classes. */
  readonly parameters10: number;
  readonly parameters100: number;
  /** [height, width, channels] of the images that it is listed for. */
  readonly input: readonly [number, number, number];
  /** Multiply-adds of one such image, 10 classes. */
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
  const listed = (task: string, families: readonly Family[]): ModelRow[] =>
    families.flatMap((family) => family.names.map((name) => describe(family, name, task)));
  return [...listed('classification', FAMILIES), ...listed('detection', DETECTORS)];
}

function describe(
  { blueprint, summary, pattern, usualInput: input = [32, 32, 3] }: Family,
  name: string,
  task: string,
): ModelRow {
  const [ten, hundred] = [10, 100].map((classes) => planOf(blueprint({ name, classes, input }))) as [NetworkPlan, NetworkPlan];
  return {
    name,
    task,
    summary,
    ...(pattern ? { pattern: pattern.text } : {}),
    parameters10: parametersOf(ten.variables),
    parameters100: parametersOf(hundred.variables),
    input,
    multiplyAdds: ten.multiplyAdds,
    features: ten.features,
  };
}
