/**
 * A lock that several processes respect, as a file with the name of its holder. It is taken by a hard link, which only one process
 * can make; a holder that is alive touches it now and then. A lock whose process has gone is broken, by one process at a time.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, statSync, utimesSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';

/** Who holds a lock. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /** ISO date. */
  readonly since: string;
}

export interface Lock {
  /** Lets it go; once is enough, more does no harm. */
  release(): void;
}

/** A holder on another machine that has not touched its lock for so long is taken for gone; so is whoever was breaking one. */
const STALE_MS = 15 * 60_000;
const TOUCH_MS = 30_000;
const BREAKING_MS = 10_000;

/** Takes the lock, or returns undefined where another living process (or this one) holds it. */
export function tryLock(path: string): Lock | undefined {
  mkdirSync(dirname(path), { recursive: true });
  const token = randomBytes(8).toString('hex');
  const mine = { pid: process.pid, host: hostname(), since: new Date().toISOString(), token };
  for (let attempt = 0; attempt < 3; attempt++) {
    if (create(path, JSON.stringify(mine))) return held(path, token);
    if (lockHolder(path) || !breakStale(path)) return undefined;
  }
  return undefined;
}

/** The living holder of a lock; undefined where there is none. */
export function lockHolder(path: string): LockHolder | undefined {
  const found = read(path);
  if (!found) return undefined;
  const { pid, host, since } = found;
  const alive = host === hostname() ? runs(pid) : ageMs(path) < STALE_MS;
  return alive ? { pid, host, since } : undefined;
}

function held(path: string, token: string): Lock {
  const timer = setInterval(() => touch(path), TOUCH_MS);
  timer.unref(); // holding a lock is no reason to live
  return {
    release() {
      clearInterval(timer);
      if (read(path)?.token === token) rmSync(path, { force: true });
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

/** Removes a lock that nobody alive holds; looks again once no other process can be breaking it. @returns whether to try again */
function breakStale(path: string): boolean {
  const breaking = `${path}.breaking`;
  try {
    mkdirSync(breaking);
  } catch {
    if (ageMs(breaking) > BREAKING_MS) rmSync(breaking, { recursive: true, force: true });
    return false;
  }
  try {
    if (!lockHolder(path)) rmSync(path, { force: true });
    return true;
  } finally {
    rmSync(breaking, { recursive: true, force: true });
  }
}

function read(path: string): (LockHolder & { readonly token?: string }) | undefined {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as Partial<LockHolder> & { readonly token?: string };
    const { pid, host, since = '' } = value;
    return typeof pid === 'number' && typeof host === 'string' ? { ...value, pid, host, since } : undefined;
  } catch {
    return undefined; // none, or damaged: nobody's
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
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
