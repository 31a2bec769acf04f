/**
 * The tables of methods. A matcher X is one line here and gives two methods, X and ie-X; which of them a spec means follows
 * from its name, and no combination is ever written out. Mutual learning of either, dml and ie-dml, has X as its option `match`.
 */
import { isObject, knownKeys, pick, refuse } from '../util/check';
import { IE_OPTIONS, ie } from './ie';
import { KD_OPTIONS, kdMethod } from './kd';
import { MATCH_OPTIONS, match } from './match';
import type { Matcher } from './matcher';
import { AB_OPTIONS, ab } from './matchers/ab';
import { AT_OPTIONS, at } from './matchers/at';
import { FEED_OPTIONS, feed } from './matchers/feed';
import { FITNET_OPTIONS, fitnet } from './matchers/fitnet';
import { FSP_OPTIONS, fsp } from './matchers/fsp';
import { FT_OPTIONS, ft } from './matchers/ft';
import { OD_OPTIONS, od } from './matchers/od';
import type { Method } from './method';
import { MUTUAL_OPTIONS, mutual } from './mutual';
import { supervised } from './supervised';
import { TFKD_REG_OPTIONS, tfKdReg } from './tfKdReg';
import { TFKD_SELF_OPTIONS, tfKdSelf } from './tfKdSelf';

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
  /** Names of the options where they depend on the options given. */
  readonly optionsWith?: (options: MethodOptions) => readonly string[];
  readonly summary: string;
}

/** Feature-matching methods. */
export const MATCHERS: Readonly<Record<string, Registered<Matcher>>> = {
  at: { create: at, options: AT_OPTIONS, summary: 'attention transfer (Zagoruyko & Komodakis 2017): where maps are strong' },
  od: { create: od, options: OD_OPTIONS, summary: 'overhaul distillation (Heo et al. 2019): maps before their ReLU, partial L2' },
  fitnet: { create: fitnet, options: FITNET_OPTIONS, summary: 'FitNets (Romero et al. 2015): a regressor on a middle map' },
  ab: { create: ab, options: AB_OPTIONS, summary: 'activation boundaries (Heo et al. 2019): which neurons fire; two stages' },
  fsp: {
    create: fsp,
    options: FSP_OPTIONS,
    summary: 'flow of a solution procedure (Yim et al. 2017): Gram matrices; two stages',
  },
  feed: { create: feed, options: FEED_OPTIONS, summary: 'feature-level ensemble (Park & Kwak 2020): a head a teacher' },
  ft: { create: ft, options: FT_OPTIONS, summary: 'factor transfer (Kim et al. 2018): factors of an auto-encoder' },
};

/** Methods that match no features. */
const PLAIN: Readonly<Record<string, Registered<Method>>> = {
  supervised: { create: supervised, options: [], summary: "the task's own loss alone" },
  kd: { create: kdMethod, options: KD_OPTIONS, summary: 'knowledge distillation (Hinton et al. 2015): softened probabilities' },
  'tfkd-reg': {
    create: tfKdReg,
    options: TFKD_REG_OPTIONS,
    summary: 'teacher-free (Yuan et al. 2020): a virtual teacher that favours the label, of classification alone',
  },
  'tfkd-self': {
    create: tfKdSelf,
    options: TFKD_SELF_OPTIONS,
    summary: 'teacher-free (Yuan et al. 2020): an earlier copy of the student as its teacher',
  },
};

interface Wrapper {
  readonly prefix: string;
  readonly wrap: (matcher: Matcher, options: MethodOptions) => Method;
  readonly options: readonly string[];
  readonly summary: (matcher: string) => string;
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
    summary: (matcher) => `inheritance and exploration (Huang et al. 2021) over ${matcher}`,
    mutualMatch: 'ft',
  },
];

const own = (options: MethodOptions, names: readonly string[]): MethodOptions =>
  Object.fromEntries(Object.entries(options).filter(([name]) => names.includes(name)));

function wrapped(matcher: Registered<Matcher>, wrapper: Wrapper): Registered<Method> {
  return {
    create: (options) => wrapper.wrap(matcher.create(own(options, matcher.options)), own(options, wrapper.options)),
    options: [...matcher.options, ...wrapper.options],
    summary: wrapper.summary(matcher.summary),
  };
}

const MUTUAL_SUMMARY = 'mutual learning (Zhang et al. 2018): networks that teach each other';

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
    summary: wrapper.mutualMatch === undefined ? MUTUAL_SUMMARY : `${MUTUAL_SUMMARY}; ${wrapper.summary('the matcher')}`,
  };
}

/** Every method by name. */
function methods(): Record<string, Registered<Method>> {
  const derived = Object.entries(MATCHERS).flatMap(([name, matcher]) =>
    WRAPPERS.map((wrapper) => [wrapper.prefix + name, wrapped(matcher, wrapper)] as const),
  );
  const learning = WRAPPERS.map((wrapper) => [`${wrapper.prefix}dml`, mutualRow(wrapper)] as const);
  return { ...PLAIN, ...Object.fromEntries([...derived, ...learning]) };
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
  readonly summary: string;
  /** Teachers it needs. */
  readonly teachers: number;
  /** Whether it trains peers beside the student, one or more. */
  readonly peers: boolean;
  /** Every option with its default. */
  readonly options: MethodOptions;
}

/** Every known method with its options. */
export function describeMethods(): MethodRow[] {
  return Object.entries(methods()).map(([name, { create, summary }]) => {
    const { teachers, peers = false, options } = create({});
    return { name, summary, teachers, peers, options };
  });
}
