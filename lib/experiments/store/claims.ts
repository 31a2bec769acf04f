/**
 * Claims of names by processes, on one machine or, in a shared folder, on several. A holder on this machine lives as long as its
 * process. One on another machine lives as long as it goes on counting: it sets the time of its lock's file every 30 seconds, which
 * is read as a counter and compared with what it was at the last look, never with a clock of this machine. It is taken for gone once
 * this process has seen the counter stand still for long enough.
 */
import { readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type LockHolder, lockHolder, tryLock } from '../../util/lockFile.cjs';

/** What one process has, and no other. */
export interface Claim {
  /** Lets it go; once is enough, more does no harm. */
  release(): void;
}

export interface Claims {
  /** Undefined where another living process (or this one) has it. */
  claim(name: string): Claim | undefined;
  /** Who has it; undefined where nobody alive does. */
  holder(name: string): LockHolder | undefined;
}

export interface ClaimsOptions {
  /** So long must the counter of a holder elsewhere stand still; default 15 minutes. */
  readonly silentMs?: number;
  /** A clock of this process that never goes back, milliseconds. */
  readonly now?: () => number;
}

/** Claims kept as files of a folder. */
export function claimsIn(folder: string, options: ClaimsOptions = {}): Claims {
  const { silentMs = 15 * 60_000, now = () => performance.now() } = options;
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
    claim: (name) => tryLock(path(name), limit(path(name))),
    holder: (name) => lockHolder(path(name), limit(path(name))),
  };
}

/** Who holds a lock of another machine, and where its counter is; undefined where there is none. */
function counterOf(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    const { host } = JSON.parse(text) as LockHolder;
    return host === hostname() ? undefined : `${text} ${statSync(path).mtimeMs}`;
  } catch {
    return undefined; // none, or a damaged one, which is nobody's
  }
}
