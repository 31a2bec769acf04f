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
const { hostname } = require('node:os');
const { dirname } = require('node:path');

/**
 * Who holds a lock; `since` is an ISO date.
 * @typedef {{ readonly pid: number, readonly host: string, readonly since: string }} LockHolder
 */

/**
 * A lock that is held. `release` lets it go; once is enough, more does no harm.
 * @typedef {{ release(): void }} Lock
 */

/**
 * How a lock is kept alive: its holder touches it every `touchMs` (default 30 s); a holder on another machine that has not done so
 * for `staleMs` (default 15 min) is taken for gone.
 * @typedef {{ readonly touchMs?: number, readonly staleMs?: number }} LockOptions
 */

/**
 * What a lock's file holds. `began`: when the process began, where the system tells: a number that was given away again is not taken
 * for the holder.
 * @typedef {LockHolder & { readonly token: string, readonly began?: string | undefined }} Content
 */

/** @type {Content} */
const NOBODY = { pid: 0, host: '', since: '', token: '' };
const STALE_MS = 15 * 60_000;
const TOUCH_MS = 30_000;
/** Whoever has been breaking a lock for so long is taken for gone. */
const BREAKING_MS = 10_000;

/**
 * Takes the lock, or returns undefined where another living process (or this one) holds it. Makes the folder that it is in.
 * @param {string} path
 * @param {LockOptions} [options]
 * @returns {Lock | undefined}
 */
function tryLock(path, { touchMs = TOUCH_MS, staleMs = STALE_MS } = {}) {
  fs.mkdirSync(dirname(path), { recursive: true });
  const token = randomBytes(8).toString('hex');
  const mine = { pid: process.pid, host: hostname(), since: new Date().toISOString(), token, began: beginOf(process.pid) };
  for (let attempt = 0; attempt < 3; attempt++) {
    if (create(path, JSON.stringify(mine))) return held(path, token, touchMs);
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
 * @param {string} path
 * @param {string} token
 * @param {number} touchMs
 * @returns {Lock}
 */
function held(path, token, touchMs) {
  const own = () => read(path)?.token === token;
  const timer = setInterval(() => own() && touch(path), touchMs);
  timer.unref(); // holding a lock is no reason to live
  return {
    release() {
      clearInterval(timer);
      if (own()) fs.rmSync(path, { force: true });
    },
  };
}

/**
 * Writes a whole file under a name that nobody had; false where somebody has it.
 * @param {string} path
 * @param {string} content
 */
function create(path, content) {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  const file = fs.openSync(temporary, 'wx');
  try {
    fs.writeSync(file, content);
    fs.linkSync(temporary, path);
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
    const { pid, host, since, token, began } = JSON.parse(text);
    return Number.isInteger(pid) && pid > 0 ? { pid, host, since, token, began } : NOBODY;
  } catch {
    return NOBODY;
  }
}

/**
 * @param {string} path
 * @param {Content} content
 * @param {number} staleMs
 */
function isHeld(path, { pid, host, began }, staleMs) {
  if (pid === NOBODY.pid) return false;
  return host === hostname() ? runs(pid, began) : ageMs(path) < staleMs;
}

/**
 * @param {number} pid
 * @param {string | undefined} began
 */
function runs(pid, began) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return false;
  }
  const now = beginOf(pid);
  return began === undefined || now === undefined || began === now;
}

/**
 * On Linux when a process began, in ticks since the machine did; `ended` for one that nobody has waited for; elsewhere undefined.
 * @param {number} pid
 */
function beginOf(pid) {
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' '); // the name before it may hold anything
    return state === 'Z' || state === 'X' ? 'ended' : rest[18];
  } catch {
    return undefined;
  }
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
