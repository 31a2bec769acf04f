/**
 * Which channels of a student's map inherit and which explore (Huang et al. 2021, section 3). `natural`: the first ones inherit,
 * the released code's default; `random`: drawn once, as the paper describes. The split is stored with the run and restored.
 */
import { numberIn, pick, refuse } from '../../util/check';
import type { RandomStream } from '../../util/rng';

/** Channel numbers of the two branches, each ascending; together all channels of the map. */
export interface ChannelSplit {
  readonly inheritance: readonly number[];
  readonly exploration: readonly number[];
}

type Order = (channels: number, stream: RandomStream) => number[];

const ORDERS: Readonly<Record<'natural' | 'random', Order>> = {
  natural: (channels) => Array.from({ length: channels }, (_, i) => i),
  random: (channels, stream) => Array.from(stream.permutation(channels)),
};

/** `natural` or `random`. */
export type SplitKind = keyof typeof ORDERS;

/** A checked name of a kind of split. */
export function splitKind(where: string, name: string): SplitKind {
  pick(where, ORDERS, name);
  return name as SplitKind;
}

/**
 * Splits channels: round(ratio · channels) inherit, the rest explores.
 * @param ratio in [0, 1]; 0 and 1 leave one branch empty, anything between must leave each a channel
 */
export function splitChannels(channels: number, ratio: number, kind: SplitKind, stream: RandomStream): ChannelSplit {
  numberIn('splitChannels: ratio', ratio, 0, 1);
  const count = Math.round(ratio * channels);
  if (ratio > 0 && ratio < 1 && (count === 0 || count === channels)) {
    throw refuse(
      'splitChannels',
      `a ratio that leaves each part of ${channels} channels at least one`,
      ratio,
      'use 0 or 1 for one part',
    );
  }
  const order = ORDERS[kind](channels, stream);
  const ascending = (branch: number[]): number[] => branch.sort((a, b) => a - b);
  return { inheritance: ascending(order.slice(0, count)), exploration: ascending(order.slice(count)) };
}

/** A stored split that fits the networks: branches of the same sizes as `like`'s, covering the same channels. */
export function checkSplit(where: string, value: unknown, like: ChannelSplit): ChannelSplit {
  const { inheritance, exploration } = (value ?? {}) as Partial<ChannelSplit>;
  const [a, b] = [like.inheritance.length, like.exploration.length];
  const lists = Array.isArray(inheritance) && Array.isArray(exploration);
  const all = lists ? [...inheritance, ...exploration] : [];
  const whole = all.every((i) => Number.isInteger(i) && i >= 0 && i < a + b) && new Set(all).size === a + b;
  if (!lists || inheritance.length !== a || exploration.length !== b || !whole) {
    throw refuse(where, `a split of ${a + b} channels into ${a} that inherit and ${b} that explore`, value);
  }
  return { inheritance: [...inheritance], exploration: [...exploration] };
}
