/**
 * Which values of a network an analysis reads: a named feature, or some of its channels. The halves of an IE-KD student are
 * parts whose channels are those of the run's stored split (Huang et al. 2021, section 3).
 */

import { featureNamed } from '../models/forwardChecks';
import type { Network } from '../models/types';
import { integerIn, knownKeys, pick, refuse, refusePhrase } from '../util/check';

/** A feature, whole or in part. */
export interface FeaturePart {
  /** In results; default the feature's name. Two parts of one analysis need two names. */
  readonly name?: string;
  /** `stage3`, `stage3.pre`, … of the network. */
  readonly feature: string;
  /** Distinct channel numbers; default all. */
  readonly channels?: readonly number[];
}

/** A part that fits a network, everything filled in. */
export interface PlacedPart {
  readonly name: string;
  readonly feature: string;
  readonly channels: readonly number[];
  /** Channels of the whole feature. */
  readonly of: number;
  /** Positions of its map: height · width. */
  readonly positions: number;
}

const KEYS = ['name', 'feature', 'channels'];

/** Parts by name, or the names of whole features. @throws InputError for unknown features, channels, and names used twice */
export function placeParts(where: string, network: Network, parts: readonly (string | FeaturePart)[]): PlacedPart[] {
  if (parts.length === 0) throw refuse(where, 'at least one feature', parts);
  const placed = parts.map((part) => placePart(where, network, typeof part === 'string' ? { feature: part } : part));
  const names = placed.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw refuse(where, 'parts of different names', twice, 'give one of them another `name`');
  return placed;
}

function placePart(where: string, network: Network, part: FeaturePart): PlacedPart {
  knownKeys(`${where}: part`, part, KEYS);
  const { channels: of, height, width } = featureNamed(where, network.features, part.feature);
  const { feature, name = feature, channels = Array.from({ length: of }, (_, i) => i) } = part;
  for (const channel of channels) integerIn(`${where}: ${name}: channel`, channel, 0, of - 1);
  if (channels.length === 0 || new Set(channels).size !== channels.length) {
    throw refuse(`${where}: ${name}`, 'distinct channels, at least one', channels);
  }
  return { name, feature, channels, of, positions: height * width };
}

/**
 * The halves of a feature as parts named `<feature> inheritance` and `<feature> exploration`; an empty half is left out.
 * @param state of a distillation by `ie`, as its `state` or the description of its run has it; of mutual learning, one network's:
 * `state.student`
 */
export function featureHalves(state: unknown, feature: string): FeaturePart[] {
  const { channels } = Object(state) as { readonly channels?: unknown };
  if (typeof channels !== 'object' || channels === null) {
    const hint = 'only ie-… methods split; of mutual learning, give one network’s, `state.student`';
    throw refusePhrase('featureHalves', 'the state of a method that splits channels', 'one without channels', hint);
  }
  const split = pick('featureHalves', channels as Readonly<Record<string, unknown>>, feature);
  return ['inheritance', 'exploration'].flatMap((half) => {
    const own = (Object(split) as Readonly<Record<string, unknown>>)[half];
    if (!Array.isArray(own)) throw refuse(`featureHalves: ${feature}: ${half}`, 'a list of channels', own);
    return own.length > 0 ? [{ name: `${feature} ${half}`, feature, channels: own as number[] }] : [];
  });
}
