/** One of several values, or some of them. Models know the labels and the places; the values stay here. */
import { integerIn, isObject, nameIn, refuse, refusePhrase } from '../../util/check';
import { listed } from '../../util/names';
import { type Control, type ControlSpec, control } from './control';
import { type ControlOptions, controlOptions } from './displayed';
import { KINDS } from './kinds';

/** What can be chosen: values that are their own labels, or values by label. */
export type Choices<T> = readonly T[] | Readonly<Record<string, T>>;

/** Options of `choice`. */
export interface ChoiceOptions<T> extends ControlOptions {
  readonly options: Choices<T>;
  /** At first; default the first. */
  readonly value?: T;
  /** Default `dropdown`. */
  readonly as?: 'dropdown' | 'radio' | 'buttons';
}

/** Options of `choices`. */
export interface ChoicesOptions<T> extends ControlOptions {
  readonly options: Choices<T>;
  /** At first; default none. */
  readonly value?: readonly T[];
  /** How many are seen at a time; default 5. */
  readonly rows?: number;
}

/** A list that nobody could look through. */
const MOST = 10_000;

/**
 * One of several values.
 * @throws InputError for options that are none, and for a value that is not among them
 * @example
 * ```ts
 * import { choice } from 'iekd';
 *
 * const method = choice({ options: ['ft', 'at', 'fitnet'], value: 'at', label: 'method' });
 * const batch = choice({ options: { small: 32, large: 256 }, as: 'radio' });
 * console.log(method.value, batch.value); // at 32
 * ```
 */
export function choice<const T>(options: ChoiceOptions<T>): Control<T> {
  const given = controlOptions('choice', options, ['options', 'value', 'as']);
  const table = tableOf('choice: options', options.options);
  const as = nameIn('choice: as', ['dropdown', 'radio', 'buttons'], options.as ?? 'dropdown');
  return control<T>({
    where: 'choice',
    kind: KINDS[as],
    state: { _options_labels: table.labels },
    options: given,
    initial: Object.hasOwn(options, 'value') ? options.value : table.values[0],
    check: (where, value) => table.values[table.place(where, value)] as T,
    toEntry: (value) => table.values.indexOf(value),
    fromEntry: (entry) => table.at('choice', entry),
    text: (value) => table.labelOf(value),
  });
}

/**
 * Some of several values, in their order, none included.
 * @throws InputError for options that are none, and for a value that is not a list of some of them
 * @example
 * ```ts
 * import { choices } from 'iekd';
 *
 * const layers = choices({ options: ['stage1', 'stage2', 'stage3'], value: ['stage3'], label: 'layers' });
 * console.log(layers.value.length);
 * ```
 */
export function choices<const T>(options: ChoicesOptions<T>): Control<readonly T[]> {
  const given = controlOptions('choices', options, ['options', 'value', 'rows']);
  const table = tableOf('choices: options', options.options);
  const places = (where: string, value: unknown): number[] => {
    if (!Array.isArray(value) || value.length > table.values.length) throw refuse(where, 'a list of some of the options', value);
    return [...new Set(value.map((one) => table.place(where, one)))].sort((a, b) => a - b);
  };
  const some: Pick<ControlSpec<readonly T[]>, 'check' | 'toEntry' | 'fromEntry'> = {
    check: (where, value) => places(where, value).map((place) => table.values[place] as T),
    toEntry: (value) => value.map((one) => table.values.indexOf(one)),
    fromEntry: (entry) => (Array.isArray(entry) && entry.length <= MOST ? entry.map((one) => table.at('choices', one)) : entry),
  };
  return control<readonly T[]>({
    where: 'choices',
    kind: KINDS.several,
    state: { _options_labels: table.labels, rows: integerIn('choices: rows', options.rows ?? 5, 1, 100) },
    options: given,
    initial: options.value ?? [],
    ...some,
    text: (value) => value.map((one) => table.labelOf(one)).join(', ') || 'none',
  });
}

interface ChoiceTable<T> {
  readonly labels: readonly string[];
  readonly values: readonly T[];
  /** @throws InputError for a value that is not among them */
  place(where: string, value: unknown): number;
  /** @throws InputError for what is no place */
  at(where: string, place: unknown): T;
  labelOf(value: T): string;
}

function tableOf<T>(where: string, options: Choices<T>): ChoiceTable<T> {
  if (!Array.isArray(options) && !isObject(options)) throw refuse(where, 'a list of values, or values by label', options);
  const rows = Array.isArray(options)
    ? options.map((value: T) => [String(value), value] as const)
    : Object.entries(options as Readonly<Record<string, T>>);
  if (rows.length === 0 || rows.length > MOST) throw refusePhrase(where, `1 to ${MOST} values`, String(rows.length));
  const labels = rows.map(([label]) => label);
  const values = rows.map(([, value]) => value);
  const twice = labels.find((label, i) => labels.indexOf(label) < i);
  if (twice !== undefined) throw refuse(where, 'labels that differ', twice);
  return {
    labels,
    values,
    place(at, value) {
      const place = values.indexOf(value as T);
      if (place < 0) throw refuse(at, `one of ${listed(labels)}`, value);
      return place;
    },
    at: (from, place) => values[integerIn(from, place, 0, values.length - 1)] as T,
    labelOf: (value) => labels[values.indexOf(value)] ?? String(value),
  };
}
