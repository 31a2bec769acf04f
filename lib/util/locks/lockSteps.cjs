// @ts-check
/**
 * How a name is claimed in a folder that machines share, as steps of one file operation each: between two of them a process may be killed
 * or stand still for any time, and still no two that take a claim both have it. `lockFile.cjs` does the steps on a disk; a test does those of a
 * thousand processes in turns.
 *
 * A claim is a file that only one process can make. It is never replaced: who takes over from a holder that has gone makes the file that is
 * named after that claim's token, which again only one can, so that claims are a chain and its end is the holder. Who has made such a file looks
 * at the chain once more, since the claim may have been let go meanwhile. Letting go makes the same file first, so that it is decided
 * whether somebody has taken over; then the chain is removed, its first file first. (A process that stands still just there for so long
 * that it is taken for gone removes what is another's; that one makes it again when it next asks whether it still has it.)
 *
 * JavaScript, because the set-up needs it before anything is built.
 */
'use strict';
const { createHash } = require('node:crypto');
const { basename } = require('node:path');

/**
 * A file as it is found: its text, and a counter that its holder moves.
 * @typedef {{ readonly text: string, readonly counter: string }} Found
 */

/**
 * One operation. `create` answers whether there was no such file, and makes it whole; `read` answers what there is.
 * @typedef {{ readonly kind: 'read' | 'remove' | 'count', readonly path: string }
 *   | { readonly kind: 'create', readonly path: string, readonly text: string }} Step
 */

/** @typedef {Found | boolean | undefined} Answer */

/**
 * @template T
 * @typedef {Generator<Step, T, Answer>} Steps
 */

/**
 * What a claim's file holds. `token` is nobody else's.
 * @typedef {import('../processIdentity.cjs').ProcessIdentity & { readonly since: string, readonly token: string }} Content
 */

/**
 * The last claim of a chain: its files from the first on, and what the last one holds; a damaged one is nobody's.
 * @typedef {{ readonly files: readonly string[], readonly at: string, readonly token: string, readonly counter: string,
 *   readonly content: Content | undefined }} End
 */

/** A damaged file that names itself would go on for ever. */
const LONGEST_CHAIN = 1000;

/**
 * The end of a chain; undefined where there is none.
 * @param {string} path
 * @returns {Steps<End | undefined>}
 */
function* endOf(path) {
  const files = [path];
  let found = yield* read(path);
  if (!found) return undefined;
  for (;;) {
    const at = files.at(-1) ?? path;
    const content = contentOf(found.text);
    const token = content?.token ?? damagedToken(at, found.text);
    const end = { files, at, token, counter: `${token} ${found.counter}`, content };
    const next = successor(path, token);
    found = files.length < LONGEST_CHAIN ? yield* read(next) : undefined;
    if (!found) return end;
    files.push(next);
  }
}

/**
 * Takes a claim where there is none, or where the holder has gone. Answers whether it did.
 * @param {string} path
 * @param {Content} content of the taker
 * @param {(end: End) => boolean} isHeld
 * @returns {Steps<boolean>}
 */
function* take(path, content, isHeld) {
  const text = JSON.stringify(content);
  for (let attempt = 0; attempt < 3; attempt++) {
    const end = yield* endOf(path);
    if (end && isHeld(end)) return false;
    const at = end ? successor(path, end.token) : path;
    if (!(yield* create(at, text))) continue; // somebody else was quicker
    if (!end) return true;
    if (yield* isEnd(path, content.token)) return true;
    yield { kind: 'remove', path: at }; // what it follows was let go in the meantime
  }
  return false;
}

/**
 * Whether a claim is still its holder's. One that was removed by hand is taken again where nobody else was quicker, by a holder that cannot have
 * been taken for gone meanwhile.
 * @param {string} path
 * @param {Content} content
 * @param {boolean} wasHeard whether it has counted lately
 * @returns {Steps<boolean>}
 */
function* keep(path, content, wasHeard) {
  const end = yield* endOf(path);
  if (end) return end.token === content.token;
  return wasHeard && (yield* create(path, JSON.stringify(content)));
}

/**
 * Counts on, for those who cannot see whether the holder lives. Answers whether it still has the claim.
 * @param {string} path
 * @param {string} token
 * @returns {Steps<boolean>}
 */
function* count(path, token) {
  const end = yield* endOf(path);
  if (end?.token !== token) return false;
  yield { kind: 'count', path: end.at };
  return true;
}

/**
 * Lets a claim go, where it still is its holder's.
 * @param {string} path
 * @param {Content} content
 * @param {string} last token of the file that ends the chain
 * @returns {Steps<void>}
 */
function* letGo(path, content, last) {
  const end = yield* endOf(path);
  if (end?.token !== content.token) return;
  const mark = successor(path, content.token);
  if (!(yield* create(mark, JSON.stringify({ ...content, token: last })))) return;
  for (const file of [...end.files, mark]) yield { kind: 'remove', path: file };
}

/**
 * The same where no mark can be written, as on a full disk: a holder that counts is not taken over meanwhile.
 * @param {string} path
 * @param {Pick<Content, 'token'>} content
 * @returns {Steps<void>}
 */
function* letGoUnmarked(path, { token }) {
  const end = yield* endOf(path);
  if (end?.token !== token) return;
  for (const file of end.files) yield { kind: 'remove', path: file };
}

/**
 * @param {string} path
 * @param {string} token
 * @returns {Steps<boolean>}
 */
function* isEnd(path, token) {
  return (yield* endOf(path))?.token === token;
}

/** @param {string} path @returns {Steps<Found | undefined>} */
function* read(path) {
  return /** @type {Found | undefined} */ (yield { kind: 'read', path });
}

/** @param {string} path @param {string} text @returns {Steps<boolean>} */
function* create(path, text) {
  return (yield { kind: 'create', path, text }) === true;
}

/** Where the claim is made that follows another. @param {string} path @param {string} token */
const successor = (path, token) => `${path}.${token}`;

const TOKEN = /^[0-9a-f]{16}$/;

/**
 * Undefined for what no holder has written, or not to its end.
 * @param {string} text
 * @returns {Content | undefined}
 */
function contentOf(text) {
  try {
    const found = JSON.parse(text);
    if (!Number.isInteger(found.pid) || found.pid <= 0) return undefined;
    return TOKEN.test(found.token) ? found : { ...found, token: digest(text) };
  } catch {
    return undefined;
  }
}

/** The same for all who read it. @param {string} at @param {string} text */
const damagedToken = (at, text) => digest(`${basename(at)} ${text}`);

/** @param {string} text */
const digest = (text) => createHash('sha256').update(text).digest('hex').slice(0, 16);

/**
 * Does steps one after the other.
 * @template T
 * @param {Steps<T>} steps
 * @param {(step: Step) => Answer} perform
 * @returns {T}
 */
function run(steps, perform) {
  let next = steps.next();
  while (!next.done) next = steps.next(perform(next.value));
  return next.value;
}

exports.count = count;
exports.endOf = endOf;
exports.keep = keep;
exports.letGo = letGo;
exports.letGoUnmarked = letGoUnmarked;
exports.run = run;
exports.take = take;
