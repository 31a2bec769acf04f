/**
 * A run's folder has one owner: the process that trains in it. Another one is refused, with who holds it and since when; where the
 * owner has gone, it is taken over. Whether one in another machine has gone, only its counter tells, so that takes up to 15 minutes.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type InputError, refusePhrase } from '../util/check';
import { type Claim, type Claims, claimsIn } from '../util/claims';
import type { LockHolder } from '../util/lockFile.cjs';
import type { StopSignal } from '../util/stopSignal';
import type { TrainingListener } from './events';

/** Its name in the folder of a run, while the run is trained. */
export const OWNER_FILE = '.owner';

/** Taking over takes a moment; one who was killed at it is passed over after ten seconds. */
const TAKING_MS = 15_000;

export interface OwnRunOptions {
  readonly stop: StopSignal;
  /** Told when the owner is in another machine and has to be watched. */
  readonly listeners: readonly TrainingListener[];
  /** Milliseconds between two looks at an owner elsewhere; default 1000. */
  readonly pollMs?: number;
  /** Default those of the folder, with the patience of `claimsIn`. */
  readonly claims?: Claims;
}

/**
 * Refuses at once a folder in which a process of this machine trains; one in another machine has to be watched (`ownRun`).
 * @param name of the folder, in the error
 */
export function refuseOwned(folder: string, name = folder): void {
  const claims = claimsIn(folder);
  const holder = claims.holder(OWNER_FILE);
  if (holder && claims.counter(OWNER_FILE) === undefined) throw heldBy(name, holder);
}

/**
 * Makes this process the owner of a run's folder, which it makes where it is missing. An owner elsewhere is watched until it counts,
 * and is then respected, or until it has stood still for so long that it is taken for gone.
 * @throws InputError where another process, or this one, trains in it
 */
export async function ownRun(folder: string, options: OwnRunOptions): Promise<Claim> {
  const { stop, listeners, pollMs = 1000, claims = claimsIn(folder) } = options;
  const first = claims.counter(OWNER_FILE);
  const begin = performance.now();
  for (let told = false; ; ) {
    const claim = claims.claim(OWNER_FILE);
    if (claim) return claim;
    const [holder, counter] = [claims.holder(OWNER_FILE), claims.counter(OWNER_FILE)];
    if (!holder) {
      // Somebody else is just taking over from one that has gone.
      if (performance.now() - begin > TAKING_MS) throw heldBy(folder, undefined);
      await delay(10);
      continue;
    }
    if (counter === undefined || counter !== first || stop.stopped) throw heldBy(folder, holder);
    if (!told) for (const listener of listeners) listener({ kind: 'waiting', folder, holder });
    told = true;
    await delay(pollMs);
  }
}

/** Temporary files of those that a run's folder holds, as `writeAtomic` names them. */
const LEFT =
  /^[.](checkpoint|config|inputs|result|record|failure|metrics|description|(student|peer\d+)-(last|best))[.](safetensors|jsonl?|txt)[.][0-9a-f]{12}$/;

/** Removes what a process that was killed while it wrote has left in a run's folder; to be called by its owner. */
export function removeLeft(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) if (LEFT.test(name)) rmSync(join(folder, name), { force: true });
}

/** The refusal of a folder in which another process trains. */
function heldBy(folder: string, holder: LockHolder | undefined): InputError {
  const who = holder ? `one held by ${holderText(holder)}` : 'one held by a process that has just gone';
  return refusePhrase(folder, 'a run that no process is training', who, holder ? 'wait for it or stop it' : 'try again');
}

/** `process 123 on HOST since 2026-11-28T22:00:00.000Z` */
const holderText = ({ pid, host, since }: LockHolder): string => `process ${pid} on ${host} since ${since}`;

/** Refuses to go on in a folder that another process has taken over, or that is gone: two would write into one. */
export function checkOwner(folder: string, claim: Claim): void {
  if (claim.isMine()) return;
  const holder = claimsIn(folder).holder(OWNER_FILE);
  const found = holder ? `one taken over by ${holderText(holder)}` : 'none of that name';
  throw refusePhrase(
    folder,
    'the folder of the run that this process trains',
    found,
    holder && 'what was saved there is still good',
  );
}
