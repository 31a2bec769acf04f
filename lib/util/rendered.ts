/** A received value in a few words, whatever it is: as large, deep, circular or hostile as it may be, no more than 80 characters are made of it. */

const LONGEST = 80;

/**
 * Renders a value briefly: strings quoted, arrays and plain objects as JSON (with NaN and undefined as they are), cut at 80 characters; of
 * anything else what it is: `a promise`, `a tensor of shape [2,3]`, `Float32Array of 10 values`, `a Map`.
 */
export function describe(value: unknown): string {
  let text: string;
  try {
    text = render(value, LONGEST + 1);
  } catch {
    text = 'a value that cannot be shown'; // a getter or a proxy that throws
  }
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}...` : text;
}

/** Whether a value will be there later: somebody forgot an await. */
export function isPromise(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** @param room characters that are of use: no more parts are rendered once they are there */
function render(value: unknown, room: number): string {
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`;
  if (typeof value === 'string') return JSON.stringify(value.slice(0, room));
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${joined(value.length, (i) => render(value[i], room - 1), room)}]`;
  const named = special(value);
  if (named !== undefined) return named;
  const keys = Object.keys(value).filter((key) => !['undefined', 'function'].includes(typeof Reflect.get(value, key)));
  const entry = (i: number): string => {
    const key = keys[i] as string;
    return `${JSON.stringify(key.slice(0, room))}:${render(Reflect.get(value, key), room - 1)}`;
  };
  return `{${joined(keys.length, entry, room)}}`;
}

/** Of depth `room` at most, since every level takes a character of its own. */
function joined(length: number, part: (i: number) => string, room: number): string {
  let text = '';
  for (let i = 0; i < length && text.length < room; i++) text += `${i > 0 ? ',' : ''}${room > 0 ? part(i) : ''}`;
  return text;
}

/** Objects that are more than their entries; undefined for a plain one. */
function special(value: object): string | undefined {
  if (isPromise(value)) return 'a promise';
  if (ArrayBuffer.isView(value)) return 'length' in value ? `${nameOf(value)} of ${value.length} values` : nameOf(value);
  if ('dtype' in value && 'shape' in value && 'dataId' in value) return `a tensor of shape ${render(value.shape, LONGEST)}`;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || Object.getPrototypeOf(prototype) === null || Array.isArray(prototype)) return undefined;
  const name = nameOf(value);
  return `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`;
}

const nameOf = (value: object): string => value.constructor?.name || 'object';
