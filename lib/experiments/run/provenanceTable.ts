/** Where a number comes from, as a file says it: the checks that reports, records and scores share. */
import { PRECISIONS } from '../../engine/types';
import { integer, number, objectOf, oneOf, text, textOf } from '../../util/schema';

export const SHA256 = textOf(/^[0-9a-f]{64}$/, 'a SHA-256, 64 hexadecimal digits');

export const PRECISION = oneOf(...PRECISIONS);

/** A `Provenance`. */
export const PROVENANCE = objectOf(
  {
    versions: objectOf({ iekd: text, node: text, tfjs: text }),
    engine: objectOf({ name: text, version: text, threads: integer(1) }, { precision: PRECISION }),
    machine: objectOf({ cpu: text, cores: integer(1), memoryGb: number(0) }),
  },
  { commit: text },
);

export const DATE = textOf(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/, 'a date such as 2026-01-31T12:00:00Z');
