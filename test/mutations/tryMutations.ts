/** Reads changed files of a kind, and counts what came of them. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from 'iekd/dist/util/check';
import { canonicalJson } from 'iekd/dist/util/hash';
import { random } from 'iekd/dist/util/rng';
import type { Kind } from './kinds';
import { mutated } from './mutate';

/** What came of so many files. */
export interface Tally {
  readonly kind: string;
  readonly hashed: boolean;
  readonly files: number;
  /** Refused in a sentence of at most 500 characters. */
  refused: number;
  /** Read as what was written: the change was of nothing that is read. */
  same: number;
  /** Read as another value. */
  other: number;
  /** Longest of the readings, in milliseconds of processor time. */
  slowestMs: number;
  /** Most memory that the process held after one, MiB. */
  mostMb: number;
  /** What must not be: the seed's number and what happened. */
  readonly failures: string[];
}

/** Reads so many changed files in a folder of their own. */
export async function tryMutations(
  kind: Kind,
  files: number,
  { seed, folder }: { seed: number; folder: string },
): Promise<Tally> {
  const place = join(folder, kind.name);
  mkdirSync(place, { recursive: true });
  const path = join(place, kind.file);
  await kind.write(path);
  const whole = readFileSync(path);
  const expected = canonicalJson(kind.read(path));
  const tally: Tally = {
    kind: kind.name,
    hashed: kind.hashed,
    files,
    refused: 0,
    same: 0,
    other: 0,
    slowestMs: 0,
    mostMb: 0,
    failures: [],
  };
  for (let i = 0; i < files; i++) {
    writeFileSync(path, mutated(whole, random(seed).stream(`${kind.name} ${i}`)));
    tryOne(kind, path, expected, tally, i);
  }
  return tally;
}

function tryOne(kind: Kind, path: string, expected: string, tally: Tally, i: number): void {
  const before = process.cpuUsage();
  try {
    const found = canonicalJson(kind.read(path));
    if (found === expected) tally.same++;
    else tally.other++;
    if (found !== expected && kind.hashed) tally.failures.push(`${i}: read as another value: ${found.slice(0, 200)}`);
  } catch (error) {
    tally.refused++;
    if (!(error instanceof InputError))
      tally.failures.push(`${i}: ${String(error instanceof Error ? error.stack : error).slice(0, 600)}`);
    else if (error.message.length > 500) tally.failures.push(`${i}: a message of ${error.message.length} characters`);
  }
  const { user, system } = process.cpuUsage(before);
  tally.slowestMs = Math.max(tally.slowestMs, Math.round((user + system) / 1000));
  tally.mostMb = Math.max(tally.mostMb, Math.round(process.memoryUsage().rss / 2 ** 20));
}
