// @ts-check
/**
 * A lock that several processes respect, on one machine or in a folder that several share: a file with the name of its holder, which only one
 * process can make (`locks/lockSteps.cjs`: how). A holder that is alive counts now and then, in the time of its file; who is on
 * another machine, and has stopped counting, is taken over from (`locks/observer.cjs`).
 *
 * JavaScript, because the set-up takes one before anything is installed or built. It needs Node only.
 */
'use strict';
const { randomBytes } = require('node:crypto');
const fs = require('node:fs');
const { basename, dirname, join } = require('node:path');
const { isRunning, thisProcess } = require('./processIdentity.cjs');
const { count, endOf, keep, letGo, letGoUnmarked, run, take } = require('./locks/lockSteps.cjs');
const { observer, SILENT_MS } = require('./locks/observer.cjs');

/**
 * @typedef {{ readonly pid: number, readonly host: string, readonly since: string }} LockHolder
 * Who holds a lock; `since` is an ISO date.
 */

/**
 * A lock that is held. `isMine` says whether it still is: one that was taken away by hand is taken again where nobody else was
 * quicker, unless its holder has stood still for long. `release` lets it go; once is enough, more does no harm.
 * @typedef {{ isMine(): boolean, release(): void }} Lock
 */

/**
 * `countMs`: how often its holder counts; default 30 s. `isHeld`: who is taken for alive; default an observer that this process has, with the
 * patience of 15 minutes.
 * @typedef {{ readonly countMs?: number, readonly isHeld?: import('./locks/observer.cjs').Observer }} LockOptions
 */

const COUNT_MS = 30_000;
/** Who has counted so lately is taken for gone by nobody. */
const HEARD_MS = SILENT_MS / 2;
/** A temporary file of this age is nobody's any more. */
const LEFT_MS = 60_000;
/** By so much a counter moves: more than the coarsest time that a file system keeps. */
const TICK_S = 10;
/** What a file system without hard links says: exFAT, some network drives. */
const NO_LINKS = ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK'];

const observed = observer();

const newToken = () => randomBytes(8).toString('hex');

/**
 * Takes the lock, or returns undefined where another living process (or this one) holds it. Makes the folder that it is in.
 * @param {string} path
 * @param {LockOptions} [options]
 * @returns {Lock | undefined}
 */
function tryLock(path, { countMs = COUNT_MS, isHeld = observed } = {}) {
  const content = { ...thisProcess(), since: new Date().toISOString(), token: newToken() };
  if (
    !run(
      take(path, content, (end) => isHeld(path, end)),
      perform,
    )
  )
    return undefined;
  removeLeft(path);
  let heard = performance.now();
  const timer = setInterval(() => {
    if (attempt(() => run(count(path, content.token), perform))) heard = performance.now();
  }, countMs);
  timer.unref(); // holding a lock is no reason to live
  return {
    isMine: () => fs.existsSync(dirname(path)) && run(keep(path, content, performance.now() - heard < HEARD_MS), perform),
    release() {
      clearInterval(timer);
      try {
        run(letGo(path, content, newToken()), perform);
      } catch {
        run(letGoUnmarked(path, content), perform);
      }
    },
  };
}

/**
 * The living holder of a lock; undefined where there is none.
 * @param {string} path
 * @param {Pick<LockOptions, 'isHeld'>} [options]
 * @returns {LockHolder | undefined}
 */
function lockHolder(path, { isHeld = observed } = {}) {
  const end = run(endOf(path), perform);
  if (!end?.content || !isHeld(path, end)) return undefined;
  const { pid, host, since } = end.content;
  return { pid, host, since };
}

/**
 * What the holder of a lock has counted so far, where it is in another machine or container, as far as one can see from here.
 * @param {string} path
 * @returns {string | undefined}
 */
function counterElsewhere(path) {
  const end = run(endOf(path), perform);
  return end?.content && isRunning(end.content) === undefined ? end.counter : undefined;
}

/**
 * @param {import('./locks/lockSteps.cjs').Step} step
 * @returns {import('./locks/lockSteps.cjs').Answer}
 */
function perform(step) {
  switch (step.kind) {
    case 'read':
      return read(step.path);
    case 'create':
      return create(step.path, step.text);
    case 'count':
      return countOn(step.path);
    default:
      fs.rmSync(step.path, { force: true });
      return undefined;
  }
}

/** @param {string} path */
function read(path) {
  try {
    return { text: fs.readFileSync(path, 'utf8'), counter: String(fs.statSync(path).mtimeMs) };
  } catch {
    return undefined;
  }
}

/** Moves the time of a file, which is no time then but a number. @param {string} path @returns {undefined} */
function countOn(path) {
  const next = fs.statSync(path).mtimeMs / 1000 + TICK_S;
  fs.utimesSync(path, next, next);
}

/**
 * Writes a whole file under a name that nobody had; false where somebody has it. Makes the folder that it is in.
 * @param {string} path
 * @param {string} content
 */
function create(path, content) {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  const file = openNew(temporary);
  try {
    fs.writeSync(file, content);
    link(temporary, path, content);
    return true;
  } catch (error) {
    // ENOENT: somebody has removed the temporary file, which was taken for one that is left.
    if (['EEXIST', 'ENOENT'].includes(codeOf(error) ?? '')) return false;
    throw error;
  } finally {
    fs.closeSync(file);
    fs.rmSync(temporary, { force: true });
  }
}

/**
 * Makes a folder and those above it. Node's own way goes round for ever where the system has no folder to make, as below `/proc`.
 * @param {string} folder
 */
function makeFolder(folder) {
  if (fs.existsSync(folder)) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  try {
    fs.mkdirSync(folder);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    fs.statSync(folder); // another process was faster, or it is a link that leads nowhere: an error that says so
  }
}

/** @param {string} path */
function openNew(path) {
  for (let attempt = 1; ; attempt++) {
    makeFolder(dirname(path));
    try {
      return fs.openSync(path, 'wx');
    } catch (error) {
      // Whoever let the lock go may have removed its empty folder in between.
      if (codeOf(error) !== 'ENOENT' || attempt === 3) throw error;
    }
  }
}

/**
 * @param {string} temporary
 * @param {string} path
 * @param {string} content
 */
function link(temporary, path, content) {
  try {
    fs.linkSync(temporary, path);
  } catch (error) {
    if (!NO_LINKS.includes(codeOf(error) ?? '')) throw error;
    fs.writeFileSync(path, content, { flag: 'wx' }); // no more than a moment, in which it is taken for damaged
  }
}

/**
 * Removes what processes that were killed have left beside a lock that this process has: temporary files, and claims of chains that are no more.
 * @param {string} path
 */
function removeLeft(path) {
  const chain = run(endOf(path), perform)?.files ?? [];
  const prefix = `${basename(path)}.`;
  for (const name of fs.readdirSync(dirname(path))) {
    const left = join(dirname(path), name);
    if (!name.startsWith(prefix) || chain.includes(left)) continue;
    const kind = name.slice(prefix.length);
    const isOld = /^[0-9a-f]{12}$/.test(kind) && ageMs(left) > LEFT_MS;
    if (isOld || /^[0-9a-f]{16}$/.test(kind)) fs.rmSync(left, { force: true });
  }
}

/** By two clocks, perhaps: of files that are in nobody's way. @param {string} path */
function ageMs(path) {
  return attempt(() => Date.now() - fs.statSync(path).mtimeMs) ?? 0; // gone in the meantime
}

/**
 * A holder whose file cannot be reached goes on, as it would have without a lock.
 * @template T
 * @param {() => T} f
 * @returns {T | undefined}
 */
function attempt(f) {
  try {
    return f();
  } catch {
    return undefined;
  }
}

/** @param {unknown} error */
const codeOf = (error) => /** @type {NodeJS.ErrnoException} */ (error).code;

exports.tryLock = tryLock;
exports.lockHolder = lockHolder;
exports.counterElsewhere = counterElsewhere;

exports.makeFolder = makeFolder;
