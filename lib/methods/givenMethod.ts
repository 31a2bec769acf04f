/** What is given for a method or a matcher: it, or a sentence that says what it is instead and how the right one is made of it. */
import { describe, refuse, refusePhrase } from '../util/check';
import type { Matcher } from './matcher';
import type { Method } from './method';

/** @throws InputError naming `where` for what is no method: a matcher, a name, a function that was not called */
export function methodIn(where: string, value: unknown): Method {
  if (isMethod(value)) return value;
  if (isMatcher(value)) {
    const { name } = value;
    throw refusePhrase(where, 'a method', `the matcher ${name}`, `match(${name}()) and ie(${name}()) make one of it`);
  }
  throw refuse(
    where,
    'a method',
    value,
    hintFor(value, (text) => `buildMethod({ name: ${text} }) makes one`),
  );
}

/** @throws InputError naming `where` for what is no matcher: a method, a name, a function that was not called */
export function matcherIn(where: string, value: unknown): Matcher {
  if (isMatcher(value)) return value;
  if (isMethod(value)) {
    const own = value.madeOf?.matcher?.name;
    const hint = own === undefined ? 'a matcher is ft(), at(), …' : `give the matcher itself: ${own}()`;
    throw refusePhrase(where, 'a matcher', `the method ${value.name}`, hint);
  }
  throw refuse(
    where,
    'a matcher',
    value,
    hintFor(value, (text) => `call its function: ${text.slice(1, -1)}()`),
  );
}

function isMethod(value: unknown): value is Method {
  return isNamed(value) && 'build' in value && typeof value.build === 'function';
}

function isMatcher(value: unknown): value is Matcher {
  return isNamed(value) && 'teacherSide' in value && 'studentSide' in value && 'distance' in value;
}

const isNamed = (value: unknown): value is { readonly name: string } =>
  typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string';

function hintFor(value: unknown, ofName: (quoted: string) => string): string | undefined {
  if (typeof value === 'string') return ofName(describe(value));
  if (isNamed(value)) return 'buildMethod makes a method of a description';
  if (typeof value !== 'function') return undefined;
  return value.name === 'kd' ? 'kd is the loss: kdMethod() is the method' : `call it: ${value.name}()`;
}
