// @ts-check
/** One set-up at a time in a working copy: two `npm start` at once would both replace node_modules. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryLock } from '../util/lockFile.cjs';
import { observer } from '../util/locks/observer.cjs';

/** A holder on another machine that has not counted for a minute is gone. */
const [COUNT_MS, SILENT_MS] = [2_000, 60_000];

/**
 * Runs `work` while holding the lock of `folder`; waits while another process holds it.
 * @template T
 * @param {string} folder made when missing, with a .gitignore of its own
 * @param {() => Promise<T>} work
 * @param {{ onWait?: () => void, pollMs?: number, silentMs?: number }} [options] onWait: called once, when it has to wait; silentMs: how long
 *   a holder on another machine may be silent
 * @returns {Promise<T>}
 */
export async function oneAtATime(folder, work, { onWait = () => {}, pollMs = 200, silentMs = SILENT_MS } = {}) {
  if (!isWritable(folder)) return work(); // a read-only copy: whatever is to be done there cannot collide
  const options = { countMs: COUNT_MS, isHeld: observer({ silentMs }) };
  const take = () => tryLock(join(folder, 'lock'), options);
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
