/** Errors that read `where: expected …, received …`, with the next step where it is known. */

import { listed, suggestion } from './names';
import { describe, isPromise } from './rendered';
import { printable } from './text';

export { describe };

/** No sentence is longer: whoever reads it has one screen. */
const LONGEST = 500;

/** A refusal of input: the message names the place, what was expected and what came instead, in 500 characters at most. */
export class InputError extends Error {
  override readonly name = 'InputError';

  constructor(message: string, options?: ErrorOptions) {
    super(shortened(String(message), LONGEST), options);
  }
}

/** A text of at most so many characters: the middle of a longer one becomes `…`, since both ends of a path or a list say most. */
function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const [head, tail] = [Math.ceil((longest - 1) * 0.7), Math.floor((longest - 1) * 0.3)];
  return `${text.slice(0, head)}…${text.slice(text.length - tail)}`;
}

/** Builds the error `where: expected E, received R; hint`, with the received value described; of a promise the hint is to await it. */
export function refuse(where: string, expected: string, received: unknown, hint?: string): InputError {
  const next = hint ?? (isPromise(received) ? 'await it' : undefined);
  return new InputError(sentenceOf(where, expected, describe(received), next));
}

/** As `refuse`, with `received` already a phrase (`3 records and 12 bytes`). */
export function refusePhrase(where: string, expected: string, received: string, hint?: string): InputError {
  return new InputError(sentenceOf(where, expected, received, hint));
}

/** What is made, or undefined where it is refused. */
export function unlessRefused<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** Runs `f`; what it refuses is refused with the next step, too. */
export function hinted<T>(hint: string, f: () => T): T {
  try {
    return f();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${error.message}; ${hint}`, { cause: error });
  }
}

function sentenceOf(where: string, expected: string, received: string, hint: string | undefined, between = ': '): string {
  const sentence = (longest: number): string => {
    const [a, b, c, d] = [printable(String(where)), expected, received, hint ?? ''].map((part) =>
      shortened(String(part), longest),
    );
    return `${a}${between}expected ${b}, received ${c}${d ? `; ${d}` : ''}`;
  };
  // Four parts of 115 and the words between them are never longer than a message may be.
  const longest = [LONGEST, 300, 200, 150, 115].find((n) => sentence(n).length <= LONGEST);
  return sentence(longest ?? 115);
}

/** Looks `name` up among a table's own entries; an unknown name, or what is no name, is an error that lists the known ones. */
export function pick<T>(where: string, table: Readonly<Record<string, T>>, name: unknown): T {
  return table[nameIn(where, Object.keys(table), name)] as T;
}

/** `name` as one of the known names, or an error that lists them and says which was probably meant. */
export function nameIn<T extends string>(where: string, known: readonly T[], name: unknown): T {
  const found = known.find((one) => one === name);
  if (found === undefined) throw unknownName(where, known, name);
  return found;
}

/** The error for a name that is none of the known ones. */
export function unknownName(where: string, known: readonly string[], name: unknown): InputError {
  return notAmong(where, 'one of', known, name);
}

/** So long a list hides what comes after it. */
const LONG_LIST = 60;

/** The error for a name that is not among others; the one that was probably meant comes before a long list of them. */
export function notAmong(where: string, which: string, known: readonly string[], name: unknown): InputError {
  const [list, meant] = [listed(known), suggestion(known, name)];
  if (meant === undefined || list.length <= LONG_LIST) return refuse(where, `${which} ${list}`, name, meant);
  return new InputError(sentenceOf(`${where}: ${meant}`, `${which} ${list}`, describe(name), undefined, ' '));
}

/** Refuses keys of `options` that are not in `known`, and what is no object. */
export function knownKeys(where: string, options: unknown, known: readonly string[]): asserts options is object {
  if (!isObject(options) || isPromise(options)) throw refuse(where, 'an object of options', options);
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) throw notAmong(where, 'options among', known, key);
  }
}

/** Refuses options of which some are missing that have no default. */
export function neededKeys(where: string, options: object, needed: readonly string[]): void {
  const missing = needed.find((key) => (options as Readonly<Record<string, unknown>>)[key] === undefined);
  if (missing !== undefined) throw refusePhrase(where, `the options ${listed(needed)}`, `no ${missing}`);
}

/** A list, or an error. @param of what: `rows` */
export function listIn<T>(where: string, of: string, value: readonly T[]): readonly T[] {
  if (!Array.isArray(value)) throw refuse(where, `a list of ${of}`, value);
  return value;
}

/** An object that has these entries, or an error. @param what it is: `a plan of a run` */
export function objectIn<T>(where: string, what: string, value: T, entries: readonly (keyof T & string)[]): T {
  const has = isObject(value) && entries.every((key) => Reflect.get(value, key) !== undefined);
  if (!has) throw refuse(where, what, value);
  return value;
}

/** A list of such objects, or an error. @param of what: `rows` */
export function objectsIn<T>(
  where: string,
  of: string,
  value: readonly T[],
  entries: readonly (keyof T & string)[] = [],
): readonly T[] {
  const bad = listIn(where, of, value).findIndex((one) => !isObject(one) || entries.some((key) => one[key] === undefined));
  if (bad >= 0) throw refuse(`${where}: number ${bad + 1}`, `one of the ${of}`, value[bad]);
  return value;
}

/** A finite number within [min, max], or an error. */
export function numberIn(where: string, value: unknown, min = -Infinity, max = Infinity): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < min || value > max) {
    throw refuse(where, numberText(min, max), value);
  }
  return value;
}

/** `a number in [0, 1]`; an end that is none is not named. */
function numberText(min: number, max: number): string {
  if (min === -Infinity) return max === Infinity ? 'a finite number' : `a number up to ${max}`;
  return max === Infinity ? `a number from ${min}` : `a number in [${min}, ${max}]`;
}

/** A finite number above 0, or an error. */
export function positive(where: string, value: unknown): number {
  if (typeof value !== 'number' || !(value > 0 && value < Infinity)) throw refuse(where, 'a number above 0', value);
  return value;
}

/** An integer within [min, max], or an error. */
export function integerIn(where: string, value: unknown, min = 0, max = Number.MAX_SAFE_INTEGER): number {
  if (!Number.isInteger(value) || (value as number) < min || (value as number) > max) {
    const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `in [${min}, ${max}]`;
    throw refuse(where, `an integer ${range}`, value);
  }
  return value as number;
}

/** Whether a value has entries by name: an object that is no list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text that is not empty, without zero bytes, of a length that names, paths and notes have, or an error. */
export function textIn(where: string, value: unknown, longest = 4096): string {
  if (typeof value !== 'string' || value === '') throw refuse(where, 'a text', value);
  if (value.length > longest) throw refusePhrase(where, `a text of at most ${longest} characters`, `one of ${value.length}`);
  if (value.includes('\0')) throw refuse(where, 'a text without zero bytes', value);
  return value;
}

/** True or false, or an error. */
export function booleanIn(where: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw refuse(where, 'true or false', value);
  return value;
}

/** True when two shapes are equal. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}
