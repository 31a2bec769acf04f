/** Whether a value is plain JSON of a size that people write: looked at before anything else of a configuration is. */
import { InputError, isObject, refuse, refusePhrase, textIn } from '../../util/check';

const DEEPEST = 64;
/** Entries in all: a configuration has some dozens. */
const MOST = 10_000;

/**
 * @throws InputError naming the entry that is no text, finite number, list or object of these; for texts of more than 4,096 characters,
 * and for values deeper than 64 levels or of more than 10,000 entries
 */
export function checkPlain(where: string, value: unknown): void {
  let entries = 0;
  function look(here: string, one: unknown, depth: number): void {
    if (++entries > MOST) throw refusePhrase(where, `at most ${MOST} entries`, 'more');
    if (one === undefined || one === null || typeof one === 'boolean' || one === '') return;
    if (typeof one === 'string') return void textIn(here, one);
    if (typeof one === 'number') {
      if (!Number.isFinite(one)) throw refuse(here, 'a finite number', one);
      return;
    }
    if (!Array.isArray(one) && !isPlainObject(one)) throw refuse(here, 'a text, a number, a list or an object of these', one);
    if (depth === DEEPEST) throw refusePhrase(where, `at most ${DEEPEST} levels`, 'a deeper one');
    for (const [key, inner] of Object.entries(one)) look(`${here}: ${textIn(`${here}: a key`, key, 200)}`, inner, depth + 1);
  }
  look(where, value, 0);
}

/** Of any realm: a notebook's objects have another `Object`. */
function isPlainObject(value: unknown): boolean {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Functions of the library whose names say nothing to someone who wrote a configuration. */
const OWN_WORDS = /^(?:buildMethod|buildNetwork|planNetwork|taskNamed): /;

/** What `check` returns; its errors are told in a configuration's words: by the entry, not by the function that looked at it. */
export function inWordsOf<T>(where: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const text = error.message.replace(OWN_WORDS, '');
    throw new InputError(`${where}: ${/^(did you mean "[^"]*"\? )?expected one of /.test(text) ? `name: ${text}` : text}`);
  }
}
