// @ts-check
/**
 * A lock that several processes respect, as a file with the name of its holder. It is taken by a hard link, which only one process
 * can make; a holder that is alive touches it now and then. A lock whose process has gone is broken, by one process at a time.
 *
 * JavaScript, because the set-up takes one before anything is installed or built. It needs Node only.
 */
'use strict';
const { randomBytes } = require('node:crypto');
const fs = require('node:fs');
const { basename, dirname, join } = require('node:path');
const { isRunning, thisProcess } = require('./processIdentity.cjs');

/**
 * @typedef {{ readonly pid: number, readonly host: string, readonly since: string }} LockHolder
 * Who holds a lock; `since` is an ISO date.
 */

/**
 * A lock that is held. `isMine` says whether it still is: one that was taken away by hand is taken again where nobody else was
 * quicker. `release` lets it go; once is enough, more does no harm.
 * @typedef {{ isMine(): boolean, release(): void }} Lock
 */

/**
 * How a lock is kept alive: its holder touches it every `touchMs` (default 30 s); a holder on another machine that has not done so
 * for `staleMs` (default 15 min) is taken for gone.
 * @typedef {{ readonly touchMs?: number, readonly staleMs?: number }} LockOptions
 */

/**
 * What a lock's file holds: a number that was given away again, or counts in another container, is not taken for the holder.
 * @typedef {LockHolder & import('./processIdentity.cjs').ProcessIdentity & { readonly token: string }} Content
 */

/** @type {Content} */
const NOBODY = { pid: 0, host: '', since: '', token: '' };
const STALE_MS = 15 * 60_000;
const TOUCH_MS = 30_000;
/** Whoever has been breaking a lock for so long is taken for gone. */
const BREAKING_MS = 10_000;
/** A temporary file of this age is nobody's any more. */
const LEFT_MS = 60_000;
/** What a file system without hard links says: exFAT, some network drives. */
const NO_LINKS = ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK'];

/**
 * Takes the lock, or returns undefined where another living process (or this one) holds it. Makes the folder that it is in.
 * @param {string} path
 * @param {LockOptions} [options]
 * @returns {Lock | undefined}
 */
function tryLock(path, { touchMs = TOUCH_MS, staleMs = STALE_MS } = {}) {
  const token = randomBytes(8).toString('hex');
  const content = JSON.stringify({ ...thisProcess(), since: new Date().toISOString(), token });
  for (let attempt = 0; attempt < 3; attempt++) {
    if (create(path, content)) {
      removeLeft(path);
      return held(path, content, token, touchMs);
    }
    if (lockHolder(path, { staleMs }) || !breakStale(path, staleMs)) return undefined;
  }
  return undefined;
}

/**
 * The living holder of a lock; undefined where there is none.
 * @param {string} path
 * @param {Pick<LockOptions, 'staleMs'>} [options]
 * @returns {LockHolder | undefined}
 */
function lockHolder(path, { staleMs = STALE_MS } = {}) {
  const found = read(path);
  return found && isHeld(path, found, staleMs) ? { pid: found.pid, host: found.host, since: found.since } : undefined;
}

/**
 * Whether the holder of a lock, as far as one can see from here, is in another machine or container: only its counter tells of it.
 * @param {string} path
 */
function isHeldElsewhere(path) {
  const found = read(path);
  return found !== undefined && found.pid !== NOBODY.pid && isRunning(found) === undefined;
}

/**
 * @param {string} path
 * @param {string} content
 * @param {string} token
 * @param {number} touchMs
 * @returns {Lock}
 */
function held(path, content, token, touchMs) {
  const own = () => read(path)?.token === token;
  const timer = setInterval(() => own() && touch(path), touchMs);
  timer.unref(); // holding a lock is no reason to live
  return {
    isMine: () => own() || (!fs.existsSync(path) && fs.existsSync(dirname(path)) && create(path, content)),
    release() {
      clearInterval(timer);
      if (own()) fs.rmSync(path, { force: true });
    },
  };
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
    if (codeOf(error) === 'EEXIST') return false;
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
 * Removes what processes that were killed while they took the lock have left.
 * @param {string} path
 */
function removeLeft(path) {
  const prefix = `${basename(path)}.`;
  for (const name of fs.readdirSync(dirname(path))) {
    const left = join(dirname(path), name);
    if (!name.startsWith(prefix) || !/^[0-9a-f]{12}$/.test(name.slice(prefix.length))) continue;
    if (ageMs(left) > LEFT_MS) fs.rmSync(left, { force: true });
  }
}

/**
 * Removes a lock that nobody alive holds; looks again once no other process can be breaking it. One that is gone is left alone: it
 * may be taken at any moment, while one that is there is nobody's to take.
 * @param {string} path
 * @param {number} staleMs
 * @returns {boolean} whether to try again
 */
function breakStale(path, staleMs) {
  const breaking = `${path}.breaking`;
  try {
    fs.mkdirSync(breaking);
  } catch {
    if (ageMs(breaking) > BREAKING_MS) fs.rmSync(breaking, { recursive: true, force: true });
    return false;
  }
  try {
    const found = read(path);
    if (found && !isHeld(path, found, staleMs)) fs.rmSync(path, { force: true });
    return true;
  } finally {
    fs.rmSync(breaking, { recursive: true, force: true });
  }
}

/**
 * What a lock's file says; a damaged one is nobody's. Undefined where there is none.
 * @param {string} path
 * @returns {Content | undefined}
 */
function read(path) {
  /** @type {string} */
  let text;
  try {
    text = fs.readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    const found = JSON.parse(text);
    return Number.isInteger(found.pid) && found.pid > 0 ? found : NOBODY;
  } catch {
    return NOBODY;
  }
}

/**
 * @param {string} path
 * @param {Content} content
 * @param {number} staleMs
 */
function isHeld(path, content, staleMs) {
  if (content.pid === NOBODY.pid) return false;
  return isRunning(content) ?? ageMs(path) < staleMs;
}

/** @param {string} path */
function ageMs(path) {
  try {
    return Date.now() - fs.statSync(path).mtimeMs;
  } catch {
    return 0; // gone in the meantime
  }
}

/** @param {string} path */
function touch(path) {
  const now = new Date();
  try {
    fs.utimesSync(path, now, now);
  } catch {
    // taken away by hand: the holder goes on, as it would have without a lock
  }
}

/** @param {unknown} error */
const codeOf = (error) => /** @type {NodeJS.ErrnoException} */ (error).code;

exports.tryLock = tryLock;
exports.lockHolder = lockHolder;
exports.isHeldElsewhere = isHeldElsewhere;

exports.makeFolder = makeFolder;
