/**
 * The tables of methods. A matcher X is one line here and gives two methods, X and ie-X; which of them a spec means follows
 * from its name, and no combination is ever written out.
 */
import { knownKeys, pick } from '../util/check';
import { FT_OPTIONS, ft } from './ft';
import { IE_OPTIONS, ie } from './ie';
import { MATCH_OPTIONS, match } from './match';
import { supervised } from './supervised';
import type { Matcher, Method } from './types';

/** Options by name, unchecked. */
export type MethodOptions = Readonly<Record<string, unknown>>;

/** A method as data: `{ name: 'ie-ft', explore: 0, distance: 'cosine' }`. Unknown names and options are errors. */
export interface MethodSpec {
  readonly name: string;
  readonly [option: string]: unknown;
}

/** How a row of a table is made, from which options. */
export interface Registered<T> {
  readonly create: (options: MethodOptions) => T;
  readonly options: readonly string[];
  readonly summary: string;
}

/** Feature-matching methods. */
export const MATCHERS: Readonly<Record<string, Registered<Matcher>>> = {
  ft: { create: ft, options: FT_OPTIONS, summary: 'factor transfer (Kim et al. 2018): factors of an auto-encoder' },
};

/** Methods that match no features. */
const PLAIN: Readonly<Record<string, Registered<Method>>> = {
  supervised: { create: supervised, options: [], summary: 'labels alone' },
};

interface Wrapper {
  readonly prefix: string;
  readonly wrap: (matcher: Matcher, options: MethodOptions) => Method;
  readonly options: readonly string[];
  readonly summary: (matcher: string) => string;
}

/** What can be made of any matcher. */
const WRAPPERS: readonly Wrapper[] = [
  { prefix: '', wrap: match, options: MATCH_OPTIONS, summary: (matcher) => matcher },
  {
    prefix: 'ie-',
    wrap: ie,
    options: IE_OPTIONS,
    summary: (matcher) => `inheritance and exploration (Huang et al. 2021) over ${matcher}`,
  },
];

function wrapped(matcher: Registered<Matcher>, wrapper: Wrapper): Registered<Method> {
  const own = (options: MethodOptions, names: readonly string[]): MethodOptions =>
    Object.fromEntries(Object.entries(options).filter(([name]) => names.includes(name)));
  return {
    create: (options) => wrapper.wrap(matcher.create(own(options, matcher.options)), own(options, wrapper.options)),
    options: [...matcher.options, ...wrapper.options],
    summary: wrapper.summary(matcher.summary),
  };
}

/** Every method by name. */
function methods(): Record<string, Registered<Method>> {
  const derived = Object.entries(MATCHERS).flatMap(([name, matcher]) =>
    WRAPPERS.map((wrapper) => [wrapper.prefix + name, wrapped(matcher, wrapper)] as const),
  );
  return { ...PLAIN, ...Object.fromEntries(derived) };
}

/** Makes a method from its description. @throws InputError for unknown names and options, listing the known ones */
export function buildMethod({ name, ...options }: MethodSpec): Method {
  const row = pick('buildMethod', methods(), name);
  knownKeys(`buildMethod: ${name}`, options, row.options);
  return row.create(options);
}

/** One line of the list of methods. */
export interface MethodRow {
  readonly name: string;
  readonly summary: string;
  /** Teachers it needs. */
  readonly teachers: number;
  /** Every option with its default. */
  readonly options: MethodOptions;
}

/** Every known method with its options. */
export function describeMethods(): MethodRow[] {
  return Object.entries(methods()).map(([name, { create, summary }]) => {
    const { teachers, options } = create({});
    return { name, summary, teachers, options };
  });
}
