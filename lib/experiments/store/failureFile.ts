/** Why a run could not be trained, kept in its folder until somebody begins it again: for those who look from another machine. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomic } from '../../util/files';
import { readJson } from '../../util/json';
import { objectOf, text } from '../../util/schema';
import { DATE } from '../run/provenanceTable';

/** Of a run that failed, in its folder. */
export const FAILURE_FILE = 'failure.json';

/** Why, and when. */
export interface Failure {
  readonly message: string;
  /** ISO. */
  readonly date: string;
}

const FAILURE = objectOf({ message: text, date: DATE });

export function writeFailure(folder: string, error: Error): void {
  const failure: Failure = { message: error.message || error.name, date: new Date().toISOString() };
  writeAtomic(join(folder, FAILURE_FILE), `${JSON.stringify(failure)}\n`);
}

/** Undefined where it did not fail. @throws InputError for a file that is damaged */
export function readFailure(folder: string): Failure | undefined {
  const path = join(folder, FAILURE_FILE);
  if (!existsSync(path)) return undefined;
  const found = readJson(path);
  FAILURE(path, found);
  return found as Failure;
}

export const removeFailure = (folder: string): void => rmSync(join(folder, FAILURE_FILE), { force: true });
