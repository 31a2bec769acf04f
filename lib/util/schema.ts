/** What data from a file must be, as tables: a check of each entry by its name. Errors give the path: `history[3]: loss`. */
import { integerIn, numberIn, refuse } from './check';

/** Refuses what a value must not be. @throws InputError naming `where` */
export type Check = (where: string, value: unknown) => void;

export const text: Check = (where, value) => {
  if (typeof value !== 'string') throw refuse(where, 'a text', value);
};

/** A text of a form. @param what it is, for errors */
export const textOf =
  (form: RegExp, what: string): Check =>
  (where, value) => {
    if (typeof value !== 'string' || !form.test(value)) throw refuse(where, what, value);
  };

export const oneOf =
  (...known: readonly string[]): Check =>
  (where, value) => {
    if (!known.some((one) => one === value)) throw refuse(where, known.join(' or '), value);
  };

export const integer =
  (min: number, max?: number): Check =>
  (where, value) =>
    void integerIn(where, value, min, max);

export const number =
  (min?: number, max?: number): Check =>
  (where, value) =>
    void numberIn(where, value, min, max);

/** What is not finite JSON writes as null. */
export const orNull =
  (check: Check): Check =>
  (where, value) => {
    if (value !== null) check(where, value);
  };

export const listOf =
  (check: Check): Check =>
  (where, value) => {
    if (!Array.isArray(value)) throw refuse(where, 'a list', value);
    for (const [i, item] of value.entries()) check(`${where}[${i}]`, item);
  };

/** An object whose keys are names that nobody lists; their check may depend on them. */
export const mapOf =
  (check: (where: string, value: unknown, name: string) => void): Check =>
  (where, value) => {
    for (const [name, entry] of Object.entries(objectIn(where, value))) check(`${where}: ${name}`, entry, name);
  };

/** An object with all of these entries, some of those, and no others. */
export const objectOf =
  (entries: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>> = {}): Check =>
  (where, value) => {
    const found = objectIn(where, value);
    for (const key of Object.keys(found)) {
      if (Object.hasOwn(entries, key) || Object.hasOwn(optional, key)) continue;
      throw refuse(where, `entries among ${[...Object.keys(entries), ...Object.keys(optional)].join(', ')}`, key);
    }
    for (const [key, check] of Object.entries(entries)) check(at(where, key), Object.hasOwn(found, key) ? found[key] : undefined);
    for (const [key, check] of Object.entries(optional)) if (Object.hasOwn(found, key)) check(at(where, key), found[key]);
  };

export const anyObject: Check = (where, value) => void objectIn(where, value);

const at = (where: string, key: string): string => `${where}: ${key}`;

function objectIn(where: string, value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse(where, 'an object', value);
  return value as Record<string, unknown>;
}
