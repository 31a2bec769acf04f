// @ts-check
/** One set-up at a time in a working copy: two `npm start` at once would both replace node_modules. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryLock } from '../util/lockFile.cjs';

/** A holder on another machine that has not touched its lock for a minute is gone. */
const ALIVE = { touchMs: 2_000, staleMs: 60_000 };

/**
 * Runs `work` while holding the lock of `folder`; waits while another process holds it.
 * @template T
 * @param {string} folder made when missing, with a .gitignore of its own
 * @param {() => Promise<T>} work
 * @param {{ onWait?: () => void, pollMs?: number }} [options] onWait: called once, when it has to wait
 * @returns {Promise<T>}
 */
export async function oneAtATime(folder, work, { onWait = () => {}, pollMs = 200 } = {}) {
  if (!isWritable(folder)) return work(); // a read-only copy: whatever is to be done there cannot collide
  const take = () => tryLock(join(folder, 'lock'), ALIVE);
  let lock = take();
  if (!lock) onWait();
  while (!lock) {
    await sleep(pollMs);
    lock = take();
  }
  try {
    return await work();
  } finally {
    lock.release();
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
