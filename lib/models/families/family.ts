/**
 * A family of networks: members by name, made by one rule from the numbers in it. To add one:
 *   1. a file in this folder that builds the stages and the head from layers/convolutionLayers.ts, poolingLayers.ts and linearLayers.ts,
 *      put together by `chain` and `residual` (layers/layer.ts); a new kind of layer is a function to `Layer` like those
 *   2. its line in the table FAMILIES of models/index.ts
 *   3. its rows in test/models/plans.test.ts: parameters, multiply-adds and features of its members
 */
import { integerIn } from '../../util/check';
import type { Blueprint } from '../network';
import { specAt } from '../spec';
import type { NetworkSpec } from '../types';

/** One family, as the table of models/index.ts holds it. */
export interface Family {
  /** The members that lists show. */
  readonly names: readonly string[];
  /** The rule by which names are made, where there is one: as lists show it (`wrn-<6n+4>-<width>`), and what its names look like. */
  readonly pattern?: { readonly text: string; readonly form: RegExp };
  /** In a sentence, with its source and its options. */
  readonly summary: string;
  /** Of the images that lists count its multiply-adds for, where they are others than 32×32×3. */
  readonly usualInput?: readonly [height: number, width: number, channels: number];
  /** @throws InputError for names and options that are none */
  blueprint(spec: NetworkSpec): Blueprint;
}

/** Deeper and wider than any network of a paper (ResNet-1202): a plan of more would take all memory before it is refused. */
const LARGEST = 2000;

/** The numbers in a name of the given form. @throws InputError for larger ones than any network has */
export function numbersIn(name: string, form: RegExp): number[] {
  const numbers = (form.exec(name) ?? []).slice(1).map(Number);
  for (const number of numbers) integerIn(`${specAt(name)}: a number in the name`, number, 0, LARGEST);
  return numbers;
}
