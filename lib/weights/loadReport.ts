/** What of a file a network has, and what not. */
import { sameShape } from '../util/check';

/** What came of it, by the network's names. */
export interface LoadReport {
  readonly loaded: readonly string[];
  /** Of the network, not in the file. */
  readonly missing: readonly string[];
  /** In the file, not of the network. */
  readonly unexpected: readonly string[];
  /** In both, of unlike shapes. */
  readonly reshaped: readonly ReshapedTensor[];
}

/** A tensor that the network has with another shape. */
export interface ReshapedTensor {
  readonly name: string;
  /** The network's. */
  readonly expected: readonly number[];
  /** The file's, in the network's layout. */
  readonly found: readonly number[];
}

/** Shapes by name. */
type Shaped = Readonly<Record<string, { readonly shape: readonly number[] }>>;

/** @param own of the network @param given of the file, by the network's names and in its layouts */
export function compareWeights(own: Shaped, given: Shaped): LoadReport {
  const [names, found] = [Object.keys(own), Object.keys(given)];
  const shared = names.filter((name) => Object.hasOwn(given, name));
  const shape = (table: Shaped, name: string): readonly number[] => table[name]?.shape ?? [];
  const isSame = (name: string): boolean => sameShape(shape(own, name), shape(given, name));
  return {
    loaded: shared.filter(isSame),
    missing: names.filter((name) => !Object.hasOwn(given, name)),
    unexpected: found.filter((name) => !Object.hasOwn(own, name)),
    reshaped: shared
      .filter((name) => !isSame(name))
      .map((name) => ({ name, expected: shape(own, name), found: shape(given, name) })),
  };
}

/** A report in words: the first few names of each kind. */
export function misfitText({ missing, unexpected, reshaped }: LoadReport): string {
  const few = (names: readonly string[]): string =>
    `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;
  const shapes = reshaped.map(({ name, found, expected }) => `${name} ${found.join('×')} for ${expected.join('×')}`);
  const parts = [
    ['missing', missing],
    ['unexpected', unexpected],
    ['of another shape', shapes],
  ] as const;
  return parts.flatMap(([what, names]) => (names.length > 0 ? [`${what}: ${few(names)}`] : [])).join('; ');
}
