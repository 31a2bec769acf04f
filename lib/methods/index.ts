/**
 * The tables of methods. A matcher X is one line here and gives two methods, X and ie-X; which of them a spec means follows
 * from its name, and no combination is ever written out. Mutual learning of either, dml and ie-dml, has X as its option `match`.
 */
import { isObject, knownKeys, listIn, pick, refuse } from '../util/check';
import { IE_OPTIONS, ie } from './ie';
import { logitStandard } from './logit/logitStandard';
import { MATCH_OPTIONS, match } from './match';
import type { Matcher } from './matcher';
import { MATCHERS } from './matchers/matcherTable';
import type { Method } from './method';
import { MUTUAL_OPTIONS, mutual } from './mutual';
import { PLAIN } from './plainMethods';
import type { MethodKind, MethodOptions, Paper, Registered } from './registered';
import { sum, type WeightedMethod } from './sum';

/** A method as data: `{ name: 'ie-ft', explore: 0, distance: 'cosine' }`. Unknown names and options are errors. */
export interface MethodSpec {
  readonly name: string;
  readonly [option: string]: unknown;
}

interface Wrapper {
  readonly prefix: string;
  readonly wrap: (matcher: Matcher, options: MethodOptions) => Method;
  readonly options: readonly string[];
  readonly summary: (matcher: string) => string;
  /** Absent: the matcher's own. */
  readonly paper?: Paper;
  /** The matcher of its mutual learning, `<prefix>dml`, when none is named; absent: labels alone. */
  readonly mutualMatch?: string;
}

/** What can be made of any matcher. */
const WRAPPERS: readonly Wrapper[] = [
  { prefix: '', wrap: match, options: MATCH_OPTIONS, summary: (matcher) => matcher },
  {
    prefix: 'ie-',
    wrap: ie,
    options: IE_OPTIONS,
    summary: (matcher) => `inheritance and exploration over ${matcher}`,
    paper: {
      authors: 'Huang et al.',
      title: 'Revisiting Knowledge Distillation: An Inheritance and Exploration Framework',
      year: 2021,
    },
    mutualMatch: 'ft',
  },
];

const own = (options: MethodOptions, names: readonly string[]): MethodOptions =>
  Object.fromEntries(Object.entries(options).filter(([name]) => names.includes(name)));

function wrapped(matcher: Registered<Matcher>, wrapper: Wrapper): Registered<Method> {
  const { kind, paper } = { ...matcher, ...(wrapper.paper ? { paper: wrapper.paper } : {}) };
  return {
    create: (options) => wrapper.wrap(matcher.create(own(options, matcher.options)), own(options, wrapper.options)),
    options: [...matcher.options, ...wrapper.options],
    summary: wrapper.summary(matcher.summary),
    kind,
    ...(paper ? { paper } : {}),
  };
}

const MUTUAL_SUMMARY = 'mutual learning: networks that teach each other';
const MUTUAL_PAPER: Paper = { authors: 'Zhang et al.', title: 'Deep Mutual Learning', year: 2018 };

/** Mutual learning over what a wrapper makes of the matcher that the option `match` names. */
function mutualRow(wrapper: Wrapper): Registered<Method> {
  const over = ({ match: matcher = wrapper.mutualMatch }: MethodOptions): Registered<Method> => {
    if (matcher === undefined) return PLAIN.supervised as Registered<Method>;
    return wrapped(pick(`${wrapper.prefix}dml: match`, MATCHERS, matcher), wrapper);
  };
  const optionsWith = (options: MethodOptions): string[] => {
    const { madeOf } = over(options).create({});
    const names = over(options).options.filter((name) => !madeOf?.matcher?.frozenTeacher?.options?.includes(name));
    return ['match', ...names, ...MUTUAL_OPTIONS];
  };
  return {
    create: (options) => mutual(over(options).create(own(options, over(options).options)), own(options, MUTUAL_OPTIONS)),
    options: optionsWith({}),
    optionsWith,
    kind: 'online',
    paper: wrapper.paper ?? MUTUAL_PAPER,
    summary: wrapper.mutualMatch === undefined ? MUTUAL_SUMMARY : `${MUTUAL_SUMMARY}; ${wrapper.summary('the matcher')}`,
  };
}

/** What is made of methods by their descriptions. */
const COMPOSED: Readonly<Record<string, Registered<Method>>> = {
  sum: {
    create: ({ of = [{ name: 'kd' }, { name: 'ie-at' }] }) =>
      sum(...listIn('sum: of', 'methods', of as unknown[]).map(described)),
    options: ['of'],
    kind: 'composed',
    summary: 'methods together, the task once; a list of descriptions, each as it is or with a weight, { method, weight }',
  },
  'logit-standard': {
    create: ({ over = { name: 'kd', temperature: 2 } }) => logitStandard(buildMethod(over as MethodSpec)),
    options: ['over'],
    kind: 'composed',
    summary: 'logit standardisation: a method of logits over z-scores of them',
    paper: { authors: 'Sun et al.', title: 'Logit Standardization in Knowledge Distillation', year: 2024 },
  },
};

/** A description, or one with a weight. */
function described(given: unknown): Method | WeightedMethod {
  if (!isObject(given) || !('method' in given)) return buildMethod(given as MethodSpec);
  return { ...given, method: buildMethod(given['method'] as MethodSpec) } as WeightedMethod;
}

/** Every method by name. */
function methods(): Record<string, Registered<Method>> {
  const derived = Object.entries(MATCHERS).flatMap(([name, matcher]) =>
    WRAPPERS.map((wrapper) => [wrapper.prefix + name, wrapped(matcher, wrapper)] as const),
  );
  const learning = WRAPPERS.map((wrapper) => [`${wrapper.prefix}dml`, mutualRow(wrapper)] as const);
  return { ...PLAIN, ...Object.fromEntries([...derived, ...learning]), ...COMPOSED };
}

/** Makes a method from its description. @throws InputError for unknown names and options, listing the known ones */
export function buildMethod(spec: MethodSpec): Method {
  if (!isObject(spec)) throw refuse('buildMethod', 'a description of a method, { name: "ft" }', spec);
  const { name, ...options } = spec;
  const row = pick('buildMethod', methods(), name);
  knownKeys(`buildMethod: ${name}`, options, row.optionsWith?.(options) ?? row.options);
  return row.create(options);
}

/** One line of the list of methods. */
export interface MethodRow {
  readonly name: string;
  readonly kind: MethodKind;
  readonly summary: string;
  /** Authors and title of the paper that describes it; absent: there is none. */
  readonly paper?: string;
  /** Of the paper. */
  readonly year?: number;
  /** Teachers it needs. */
  readonly teachers: number;
  /** Whether it trains peers beside the student, one or more. */
  readonly peers: boolean;
  /** Every option with its default. */
  readonly options: MethodOptions;
}

/** Every known method with its options. */
export function describeMethods(): MethodRow[] {
  return Object.entries(methods()).map(([name, { create, kind, summary, paper }]) => {
    const { teachers, peers = false, options } = create({});
    const source = paper ? { paper: `${paper.authors}, ${paper.title}`, year: paper.year } : {};
    return { name, kind, summary, ...source, teachers, peers, options };
  });
}
