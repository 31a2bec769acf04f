// @ts-check
/**
 * One set-up at a time in a working copy: two `npm start` at once would both replace node_modules. The lock is a file that its
 * holder touches every few seconds, so that one left by a killed process is taken over.
 */
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const BEAT_MS = 2_000;
/** A holder that has not touched its lock for so long is gone, wherever it ran. */
const STALE_MS = 60_000;

/**
 * Runs `work` while holding the lock of `folder`; waits while another process holds it.
 * @template T
 * @param {string} folder made when missing, with a .gitignore of its own
 * @param {() => Promise<T>} work
 * @param {{ onWait?: () => void, pollMs?: number }} [options] onWait: called once, when it has to wait
 * @returns {Promise<T>}
 */
export async function withLock(folder, work, { onWait = () => {}, pollMs = 200 } = {}) {
  const file = join(folder, 'lock');
  if (!isWritable(folder)) return work(); // a read-only copy: whatever is to be done there cannot collide
  let waited = false;
  while (!take(file)) {
    if (isAbandoned(file) && removeAbandoned(file)) continue;
    if (!waited) onWait();
    waited = true;
    await sleep(pollMs);
  }
  const heartbeat = setInterval(() => touch(file), BEAT_MS);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    rmSync(file, { force: true });
  }
}

/** @param {string} folder */
function isWritable(folder) {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, '.gitignore'), '*\n');
    return true;
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS'].includes(/** @type {NodeJS.ErrnoException} */ (error).code ?? '')) return false;
    throw error;
  }
}

/**
 * Creates the lock file; false when there is one.
 * @param {string} file
 */
function take(file) {
  try {
    const handle = openSync(file, 'wx');
    writeSync(handle, JSON.stringify({ host: hostname(), pid: process.pid }));
    closeSync(handle);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * True when its holder is known to be gone.
 * @param {string} file
 */
function isAbandoned(file) {
  try {
    if (isOld(file)) return true;
    const holder = JSON.parse(readFileSync(file, 'utf8'));
    return holder.host === hostname() && !isAlive(holder.pid);
  } catch {
    return false; // released meanwhile, or being written
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * Removes an abandoned lock; false when somebody else is at it. Under a guard, and looked at again there: of two that saw it
 * abandoned, the second must not remove the first one's new lock.
 * @param {string} file
 */
function removeAbandoned(file) {
  const guard = `${file}.guard`;
  try {
    closeSync(openSync(guard, 'wx'));
  } catch {
    if (isOld(guard)) rmSync(guard, { force: true });
    return false;
  }
  if (isAbandoned(file)) rmSync(file, { force: true });
  rmSync(guard, { force: true });
  return true;
}

/** @param {string} file */
function isOld(file) {
  const found = statSync(file, { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs > STALE_MS;
}

/** @param {string} file */
function touch(file) {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // the folder was removed under us; nothing to keep alive
  }
}
