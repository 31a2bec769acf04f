/**
 * Claims of names by processes, on one machine or, in a shared folder, on several (`locks/lockSteps.cjs`). A holder on this machine lives as
 * long as its process. One on another machine, or in another container, lives as long as it goes on counting, every 30 seconds; it is taken
 * for gone once this process has seen its counter stand still for long enough.
 */
import { existsSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tryFile } from './fileErrors';
import { counterElsewhere, type Lock, type LockHolder, lockHolder, tryLock } from './lockFile.cjs';
import { observer } from './locks/observer.cjs';

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

/** How holders elsewhere are watched. */
export interface ClaimsOptions {
  /** So long must the counter of a holder elsewhere stand still; default 15 minutes. */
  readonly silentMs?: number;
  /** A clock of this process that never goes back, milliseconds. */
  readonly now?: () => number;
}

/** Claims kept as files below a folder. */
export function claimsIn(folder: string, options: ClaimsOptions = {}): Claims {
  const isHeld = observer(options);
  const path = (name: string): string => join(folder, name);
  return {
    claim(name) {
      const made = !existsSync(dirname(path(name)));
      const lock = tryFile(dirname(path(name)), 'a folder that can be written to', () => tryLock(path(name), { isHeld }));
      return lock && claimOf(lock, made ? dirname(path(name)) : undefined);
    },
    holder: (name) => lockHolder(path(name), { isHeld }),
    counter: (name) => counterElsewhere(path(name)),
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
