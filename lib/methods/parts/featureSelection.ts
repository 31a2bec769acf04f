/**
 * Which maps a matcher compares, said before any network is known: by the names of features, the same in both networks or each
 * side's own, or by a word that every network answers for itself. With the networks the words become names.
 *   `last`: a network's last map after its activation, of a detector that of its backbone; `last.pre`: the last before it
 *   `common`: of the heights × widths that both networks have maps of, each one's deepest at the deepest; `common.pre`: before activations
 *   `stages`: of every height × width that both networks have maps of, each one's deepest; `stages.pre`: before activations
 * In ResNets `stages` are the three stages; in a pair that shares three sizes out of five, those three.
 */
import { featureNamed } from '../../models/forwardChecks';
import type { FeatureInfo, Network } from '../../models/types';
import { knownKeys, refuse, refusePhrase } from '../../util/check';
import type { FeatureNames, Matcher } from '../matcher';
import type { MethodContext } from '../method';

/** One map: the name of a feature, `last`, `last.pre`, `common` or `common.pre`; for both networks, or each side's own. */
export type FeatureOption = string | { readonly teacher: string; readonly student: string };

/** Several maps: `stages`, `stages.pre`, or names of features, for both networks or each side's own, paired in order. */
export type FeaturesOption =
  | string
  | readonly string[]
  | { readonly teacher: readonly string[]; readonly student: readonly string[] };

/** Whether the maps that a word stands for are after their activation. */
const ONE: Readonly<Record<string, boolean>> = { last: true, 'last.pre': false };
const COMMON: Readonly<Record<string, boolean>> = { common: true, 'common.pre': false };
const SEVERAL: Readonly<Record<string, boolean>> = { stages: true, 'stages.pre': false };

/** The features of a matcher that compares one map of each network. */
export function parseFeature(where: string, option: FeatureOption): FeatureNames {
  const { teacher, student } = sides(where, option);
  if (typeof teacher !== 'string' || typeof student !== 'string') {
    throw refuse(where, 'the name of a feature, or { teacher, student } with a name each', option);
  }
  return { teacher: [teacher], student: [student] };
}

/** The features of a matcher that compares several maps of each network. */
export function parseFeatures(where: string, option: FeaturesOption): FeatureNames {
  if (typeof option === 'string' && Object.hasOwn(SEVERAL, option)) return { teacher: [option], student: [option] };
  const { teacher, student } = sides(where, option);
  if (!isNames(teacher) || !isNames(student) || teacher.length !== student.length) {
    throw refuse(
      where,
      `${Object.keys(SEVERAL).join(', ')}, names of features, or { teacher, student } with as many each`,
      option,
    );
  }
  return { teacher, student };
}

function sides(where: string, option: unknown): { readonly teacher: unknown; readonly student: unknown } {
  if (typeof option !== 'object' || option === null || Array.isArray(option)) return { teacher: option, student: option };
  knownKeys(where, option, ['teacher', 'student']);
  return { teacher: undefined, student: undefined, ...option };
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string');
}

/**
 * The features that a matcher compares, by their names in two networks.
 * @throws InputError for names that a network lacks, and for pairs of maps of different sizes unless the matcher takes any
 */
export function resolveFeatures(where: string, matcher: Matcher, { student, teachers }: MethodContext): FeatureNames {
  if (teachers.length !== 1) throw refuse(matcher.name, 'one teacher', teachers.length);
  const teacher = teachers[0] as Network;
  const features = named(where, matcher.features, teacher, student);
  if (!matcher.anySize) checkSizes(where, features, teacher, student);
  return features;
}

function named(where: string, features: FeatureNames, teacher: Network, student: Network): FeatureNames {
  const [word = '', ...others] = new Set([...features.teacher, ...features.student]);
  const after = (words: typeof SEVERAL): boolean | undefined =>
    others.length === 0 && Object.hasOwn(words, word) ? words[word] : undefined;
  const [several, common] = [after(SEVERAL), after(COMMON)];
  if (several !== undefined) return bySize(where, several, teacher, student);
  if (common !== undefined) return lastPair(bySize(where, common, teacher, student));
  const names = (network: Network, list: readonly string[]): string[] => list.map((name) => featureOf(where, network, name).name);
  return { teacher: names(teacher, features.teacher), student: names(student, features.student) };
}

/** A feature by its name or a word for it. */
function featureOf(where: string, network: Network, name: string): FeatureInfo {
  const last = Object.hasOwn(ONE, name) ? lastOf(network, ONE[name] as boolean) : undefined;
  return last ?? featureNamed(`${where}: features of ${network.name}`, network.features, name);
}

/** The deepest map, or that of the stage which the network calls its last. */
function lastOf({ features, lastStage }: Network, after: boolean): FeatureInfo | undefined {
  const own = features.filter((map) => isAfter(map) === after);
  return lastStage === undefined ? own.at(-1) : own.find(({ name }) => name === (after ? lastStage : `${lastStage}.pre`));
}

function bySize(where: string, after: boolean, teacher: Network, student: Network): FeatureNames {
  const [theirs, ours] = [teacher, student].map((network) => deepest(network, after)) as [Deepest, Deepest];
  const common = [...theirs.keys()].filter((size) => ours.has(size));
  if (common.length === 0) {
    const sizes = (of: Deepest): string => [...of.keys()].join(', ') || 'none';
    const received = `${sizes(theirs)} of ${teacher.name} and ${sizes(ours)} of ${student.name}`;
    throw refusePhrase(where, 'maps of a size that both networks have', received, 'name them as { teacher, student }');
  }
  const names = (of: Deepest): string[] => common.map((size) => of.get(size) as string);
  return { teacher: names(theirs), student: names(ours) };
}

const lastPair = ({ teacher, student }: FeatureNames): FeatureNames => ({
  teacher: teacher.slice(-1),
  student: student.slice(-1),
});

/** Names by size of map, in order of depth. */
type Deepest = ReadonlyMap<string, string>;

/** Whether a map stands for the one after the activation; where a stage has no activation, both are the same map. */
const isAfter = ({ name }: FeatureInfo): boolean => !name.endsWith('.pre');

const sizeOf = ({ height, width }: FeatureInfo): string => `${height}×${width}`;

function deepest({ features }: Network, after: boolean): Deepest {
  return new Map(features.filter((map) => isAfter(map) === after).map((map) => [sizeOf(map), map.name]));
}

function checkSizes(where: string, features: FeatureNames, teacher: Network, student: Network): void {
  for (const [i, name] of features.teacher.entries()) {
    const target = featureOf(where, teacher, name);
    const own = featureOf(where, student, features.student[i] as string);
    if (sizeOf(target) === sizeOf(own)) continue;
    const expected = `a map of ${student.name} of the size of the teacher's ${shapeOf(target)}`;
    throw refusePhrase(where, expected, shapeOf(own), whatFits(['student', student, target], ['teacher', teacher, own]));
  }
}

/** `stage3 of 8×8×64` */
export function shapeOf(map: FeatureInfo): string {
  return `${map.name} of ${sizeOf(map)}×${map.channels}`;
}

/** The first network that has maps of the other's size, and which. */
function whatFits(...choices: readonly (readonly [string, Network, FeatureInfo])[]): string {
  for (const [role, { features }, like] of choices) {
    const fitting = features.filter((map) => isAfter(map) === isAfter(like) && sizeOf(map) === sizeOf(like));
    if (fitting.length === 0) continue;
    return `the ${role} has ${fitting.map((map) => map.name).join(', ')} of ${sizeOf(like)}: name them as { teacher, student }, or ask for 'common'`;
  }
  return 'the networks have no maps of one size';
}
