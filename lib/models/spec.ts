/** What every network's description has, and the checks that options share. */
import { integerIn, knownKeys, numberIn, pick, refuse } from '../util/check';
import type { NetworkSpec } from './types';

/** A description with every option filled in, JSON-ready. */
export interface FullSpec extends NetworkSpec {
  readonly classes: number;
  readonly input: readonly [height: number, width: number, channels: number];
}

/** What images a network is made for: `cifar` keeps small images large at first, `imagenet` is the paper's own first strides. */
export type Stem = 'cifar' | 'imagenet';

const STEMS: Readonly<Record<Stem, Stem>> = { cifar: 'cifar', imagenet: 'imagenet' };

/** Far above what is in use, so that no description asks for more than any machine has. */
const LARGEST = { classes: 1_000_000, input: 65_536, width: 100 } as const;

/** Where errors of a network's options are. */
export const specAt = (name: string): string => `buildNetwork: ${name}`;

/** Name, classes (default 10) and input (default 32×32×3), checked; other keys than these and `options` are refused. */
export function fullSpec(spec: NetworkSpec, options: readonly string[] = []): FullSpec {
  const { name, classes = 10, input = [32, 32, 3] } = spec;
  const where = specAt(name);
  knownKeys(where, spec, ['name', 'classes', 'input', ...options]);
  integerIn(`${where}: classes`, classes, 1, LARGEST.classes);
  if (!Array.isArray(input) || input.length !== 3) throw refuse(`${where}: input`, '[height, width, channels]', input);
  for (const size of input) integerIn(`${where}: input`, size, 1, LARGEST.input);
  const [height, width, channels] = input as [number, number, number];
  return { name, classes, input: [height, width, channels] };
}

/** Option `stem`; default `cifar`. */
export function stemOf({ name, stem = 'cifar' }: NetworkSpec): Stem {
  return pick(`${specAt(name)}: stem`, STEMS, stem);
}

/** Option `dropout`: the share that is dropped, in [0, 1); default 0. */
export function dropoutOf({ name, dropout = 0 }: NetworkSpec): number {
  const where = `${specAt(name)}: dropout`;
  if (numberIn(where, dropout, 0, 1) === 1) throw refuse(where, 'a number below 1', dropout);
  return dropout as number;
}

/** Option `width`: how many times the paper's channels; default 1. */
export function widthOf({ name, width = 1 }: NetworkSpec): number {
  const where = `${specAt(name)}: width`;
  if (numberIn(where, width, 0, LARGEST.width) === 0) throw refuse(where, 'a number above 0', width);
  return width as number;
}
