/** Errors that read `where: expected …, received …`, with the next step where it is known. */

/** A refusal of input: the message names the place, what was expected and what came instead. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** Renders a received value briefly: strings quoted, arrays and objects as JSON, cut at 80 characters. */
export function describe(value: unknown): string {
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`;
  if (typeof value === 'number' || typeof value === 'bigint' || value === undefined) return String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** Builds the error `where: expected E, received R; hint`. `received` is described unless `raw` says it is a phrase already. */
export function refuse(where: string, expected: string, received: unknown, hint?: string): InputError {
  return new InputError(`${where}: expected ${expected}, received ${describe(received)}${hint ? `; ${hint}` : ''}`);
}

/** As `refuse`, with `received` already a phrase (`3 records and 12 bytes`). */
export function refusePhrase(where: string, expected: string, received: string, hint?: string): InputError {
  return new InputError(`${where}: expected ${expected}, received ${received}${hint ? `; ${hint}` : ''}`);
}

/** Looks `name` up in a table; an unknown name is an error that lists the known ones. */
export function pick<T>(where: string, table: Readonly<Record<string, T>>, name: string): T {
  if (!Object.hasOwn(table, name)) throw refuse(where, `one of ${Object.keys(table).join(', ')}`, name);
  return table[name] as T;
}

/** Refuses keys of `options` that are not in `known`. */
export function knownKeys(where: string, options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) throw refuse(where, `options among ${known.join(', ')}`, key);
  }
}

/** A finite number within [min, max], or an error. */
export function numberIn(where: string, value: unknown, min = -Infinity, max = Infinity): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < min || value > max) {
    throw refuse(where, `a number in [${min}, ${max}]`, value);
  }
  return value;
}

/** A finite number above 0, or an error. */
export function positive(where: string, value: unknown): number {
  if (typeof value !== 'number' || !(value > 0 && value < Infinity)) throw refuse(where, 'a number above 0', value);
  return value;
}

/** An integer within [min, max], or an error. */
export function integerIn(where: string, value: unknown, min = 0, max = Number.MAX_SAFE_INTEGER): number {
  if (!Number.isInteger(value) || (value as number) < min || (value as number) > max) {
    throw refuse(where, `an integer in [${min}, ${max}]`, value);
  }
  return value as number;
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
