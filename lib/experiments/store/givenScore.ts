/**
 * How good a teacher is that is a file: measured once on the test images of those that it teaches, and kept beside the runs. In a file of
 * results it is a line of its own.
 */
import type { Evaluation } from '../../training/evaluation';
import { EVALUATION } from '../../training/records/epochTable';
import { isObject, refuse } from '../../util/check';
import { withHash, withoutHash } from '../../util/hash';
import { type Line, lineValue } from '../../util/lines';
import { anyObject, type Check, objectOf, text } from '../../util/schema';
import { type GivenTeacher, givenByContents, givenName } from '../givenTeacher';
import { DATE, PRECISION, PROVENANCE, SHA256 } from '../run/provenanceTable';
import type { Provenance } from '../run/runProvenance';
import { readRows } from './recordLines';

/** What is known of a teacher that is a file. */
export interface GivenScore {
  /** By contents: `weights` is their SHA-256. */
  readonly given: GivenTeacher;
  /** `givenName`, so that a change of the above is seen. */
  readonly name: string;
  /** On the test part. */
  readonly evaluation: Evaluation;
  readonly provenance: Provenance;
  /** When it was measured, ISO. */
  readonly date: string;
}

/** In the folder of the teacher's name, among those of runs. */
export const SCORE_FILE = 'score.json';

const named: Check = (where, value) => {
  anyObject(where, value);
  text(`${where}: name`, (value as { readonly name?: unknown }).name);
};

const TEACHER = objectOf({ network: named, weights: SHA256, dataset: named }, { task: named, precision: PRECISION });
const ENTRIES = objectOf({ given: TEACHER, name: text, evaluation: EVALUATION, provenance: PROVENANCE, date: DATE });

/** The score that a measurement makes. */
export function givenScore(teacher: GivenTeacher, evaluation: Evaluation, provenance: Provenance): GivenScore {
  return { given: givenByContents(teacher), name: givenName(teacher), evaluation, provenance, date: new Date().toISOString() };
}

/** As a store has it among others. */
export const scoreName = ({ name }: GivenScore): string => name;

/** The line of a score, without its line break. */
export const scoreLine = (score: GivenScore): string => JSON.stringify(withHash(score));

/** What a line holds; undefined for a row of another kind. @throws InputError naming file, line and entry */
export function scoreOfLine(path: string, line: Line): GivenScore | undefined {
  const value = lineValue(path, line);
  if (!isObject(value) || !Object.hasOwn(value, 'given') || Object.hasOwn(value, 'hash')) return undefined;
  const where = `${path}: line ${line.number}`;
  const score = withoutHash(where, value);
  ENTRIES(where, score);
  const { name, given } = score as GivenScore;
  const found = givenName(given);
  if (found !== name) throw refuse(`${where}: name`, `that of what it is of, ${found}`, name);
  return score as GivenScore;
}

/** The scores of a file. @throws InputError for the first line that is wrong, with what to do */
export const readScores = (path: string): GivenScore[] => readRows(path, scoreOfLine);
