/**
 * A lock that several processes respect, as a file with the name of its holder. It is taken by a hard link, which only one process
 * can make; a holder that is alive touches it now and then. A lock whose process has gone is broken, by one process at a time.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, statSync, utimesSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { refusePhrase } from '../../util/check';

/** Who holds a lock. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /** ISO date. */
  readonly since: string;
}

/** What a lock's file holds. */
interface Content extends LockHolder {
  readonly token: string;
  /** When the process began, where the system tells: a number that was given away again is not taken for the holder. */
  readonly began?: string;
}

export interface Lock {
  /** Lets it go; once is enough, more does no harm. */
  release(): void;
}

const NOBODY: Content = { pid: 0, host: '', since: '', token: '' };
/** A holder on another machine that has not touched its lock for so long is taken for gone; so is whoever was breaking one. */
const STALE_MS = 15 * 60_000;
const TOUCH_MS = 30_000;
const BREAKING_MS = 10_000;
const ASLEEP_MS = 10;

/** Takes the lock, or returns undefined where another living process (or this one) holds it. */
export function tryLock(path: string): Lock | undefined {
  mkdirSync(dirname(path), { recursive: true });
  const token = randomBytes(8).toString('hex');
  const began = beginOf(process.pid);
  const mine: Content = {
    pid: process.pid,
    host: hostname(),
    since: new Date().toISOString(),
    token,
    ...(began ? { began } : {}),
  };
  for (let attempt = 0; attempt < 3; attempt++) {
    if (create(path, JSON.stringify(mine))) return held(path, token);
    if (lockHolder(path) || !breakStale(path)) return undefined;
  }
  return undefined;
}

/**
 * Runs `f`, which takes a moment, while nobody else runs something under the same lock; sleeps until then.
 * @param patienceMs how long @throws InputError where another process holds it for longer
 */
export function withLock<T>(path: string, f: () => T, patienceMs = 30_000): T {
  const end = performance.now() + patienceMs;
  for (;;) {
    const lock = tryLock(path);
    if (lock) {
      try {
        return f();
      } finally {
        lock.release();
      }
    }
    if (performance.now() > end) {
      const holder = `one held by process ${lockHolder(path)?.pid ?? 'that has just gone'}`;
      throw refusePhrase(path, `a lock that is free within ${patienceMs / 1000} s`, holder, 'end that process, or wait for it');
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ASLEEP_MS);
  }
}

/** The living holder of a lock; undefined where there is none. */
export function lockHolder(path: string): LockHolder | undefined {
  const found = read(path);
  return found && isHeld(path, found) ? { pid: found.pid, host: found.host, since: found.since } : undefined;
}

function held(path: string, token: string): Lock {
  const own = (): boolean => read(path)?.token === token;
  const timer = setInterval(() => own() && touch(path), TOUCH_MS);
  timer.unref(); // holding a lock is no reason to live
  return {
    release() {
      clearInterval(timer);
      if (own()) rmSync(path, { force: true });
    },
  };
}

/** Writes a whole file under a name that nobody had; false where somebody has it. */
function create(path: string, content: string): boolean {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  const file = openSync(temporary, 'wx');
  try {
    writeSync(file, content);
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    closeSync(file);
    rmSync(temporary, { force: true });
  }
}

/**
 * Removes a lock that nobody alive holds; looks again once no other process can be breaking it. One that is gone is left alone: it
 * may be taken at any moment, while one that is there is nobody's to take. @returns whether to try again
 */
function breakStale(path: string): boolean {
  const breaking = `${path}.breaking`;
  try {
    mkdirSync(breaking);
  } catch {
    if (ageMs(breaking) > BREAKING_MS) rmSync(breaking, { recursive: true, force: true });
    return false;
  }
  try {
    const found = read(path);
    if (found && !isHeld(path, found)) rmSync(path, { force: true });
    return true;
  } finally {
    rmSync(breaking, { recursive: true, force: true });
  }
}

/** What a lock's file says; a damaged one is nobody's. Undefined where there is none. */
function read(path: string): Content | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    const { pid, host, since, token, began } = JSON.parse(text) as Content;
    return Number.isInteger(pid) && pid > 0 ? { pid, host, since, token, ...(began ? { began } : {}) } : NOBODY;
  } catch {
    return NOBODY;
  }
}

function isHeld(path: string, { pid, host, began }: Content): boolean {
  if (pid === NOBODY.pid) return false;
  return host === hostname() ? runs(pid, began) : ageMs(path) < STALE_MS;
}

function runs(pid: number, began: string | undefined): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = beginOf(pid);
  return began === undefined || now === undefined || began === now;
}

/** On Linux when a process began, in ticks since the machine did; `ended` for one that nobody has waited for; elsewhere undefined. */
function beginOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' '); // the name before it may hold anything
    return state === 'Z' || state === 'X' ? 'ended' : rest[18];
  } catch {
    return undefined;
  }
}

function ageMs(path: string): number {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0; // gone in the meantime
  }
}

function touch(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // taken away by hand: the holder goes on, as it would have without a lock
  }
}
