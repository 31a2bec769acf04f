/**
 * Claims of names by processes, on one machine or, in a shared folder, on several. A holder on this machine lives as long as its
 * process. One on another machine, or in another container, lives as long as it goes on counting: it sets the time of its lock's
 * file every 30 seconds, which is read as a counter and compared with what it was at the last look, never with a clock of this
 * machine. It is taken for gone once this process has seen the counter stand still for long enough.
 */
import { existsSync, readFileSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tryFile } from './fileErrors';
import { isHeldElsewhere, type Lock, type LockHolder, lockHolder, tryLock } from './lockFile.cjs';

/** What one process has, and no other. */
export interface Claim {
  /** Whether this process still has it: one that stood still for long may have been taken for gone. */
  isMine(): boolean;
  /** Lets it go; once is enough, more does no harm. */
  release(): void;
}

/** The claims of a folder, by name. */
export interface Claims {
  /** Undefined where another living process (or this one) has it. Makes the folder that the name is in, until it is let go again. */
  claim(name: string): Claim | undefined;
  /** Who has it; undefined where nobody alive does. */
  holder(name: string): LockHolder | undefined;
  /** Where its holder is in another machine or container: what it has counted so far. */
  counter(name: string): string | undefined;
}

export interface ClaimsOptions {
  /** So long must the counter of a holder elsewhere stand still; default 15 minutes. */
  readonly silentMs?: number;
  /** A clock of this process that never goes back, milliseconds. */
  readonly now?: () => number;
}

/** How long the counter of a holder in another machine must stand still until it is taken for gone. */
export const SILENT_MS = 15 * 60_000;

/** Claims kept as files below a folder. */
export function claimsIn(folder: string, options: ClaimsOptions = {}): Claims {
  const { silentMs = SILENT_MS, now = () => performance.now() } = options;
  const seen = new Map<string, { readonly counter: string; readonly since: number }>();
  /** Of a lock of another machine: whether it is held, as the limit of a lock's age that says so. */
  const limit = (path: string): { readonly staleMs: number } => {
    const counter = counterOf(path);
    const before = seen.get(path);
    if (counter === undefined) seen.delete(path);
    else if (before?.counter !== counter) seen.set(path, { counter, since: now() });
    else if (now() - before.since >= silentMs) return { staleMs: Number.NEGATIVE_INFINITY };
    return { staleMs: Number.POSITIVE_INFINITY };
  };
  const path = (name: string): string => join(folder, name);
  return {
    claim(name) {
      const made = !existsSync(dirname(path(name)));
      const lock = tryFile(dirname(path(name)), 'a folder that can be written to', () => tryLock(path(name), limit(path(name))));
      return lock && claimOf(lock, made ? dirname(path(name)) : undefined);
    },
    holder: (name) => lockHolder(path(name), limit(path(name))),
    counter: (name) => counterOf(path(name)),
  };
}

/** @param made the folder that was made for it, which goes with it where nothing else has come */
function claimOf({ isMine, release }: Lock, made: string | undefined): Claim {
  return {
    isMine,
    release() {
      release();
      if (made === undefined) return;
      try {
        rmdirSync(made);
      } catch {
        // there is something in it
      }
    },
  };
}

/** Who holds a lock of another machine, and where its counter is; undefined where there is none. */
function counterOf(path: string): string | undefined {
  try {
    return isHeldElsewhere(path) ? `${readFileSync(path, 'utf8')} ${statSync(path).mtimeMs}` : undefined;
  } catch {
    return undefined; // none any more
  }
}
