/** What a kept row of the bench is in a file: its entries with types and ranges. */
import { PRECISIONS } from '../engine/types';
import { isObject } from '../util/check';
import { type Check, integer, mapOf, number, objectOf, oneOf, text } from '../util/schema';
import { BENCH_WORKS } from './benchWork';

/** What every row has: when, where and how it was measured. */
const MEASURED = {
  date: text,
  machine: objectOf({ cpu: text, cores: integer(1), memoryGb: number(0) }),
  versions: mapOf(text),
  steps: integer(1),
  rounds: integer(1),
  engine: text,
  precision: oneOf(...PRECISIONS),
  threads: integer(1),
  batch: integer(1),
  imagesPerSecond: number(0),
};

const WORK = objectOf(
  { ...MEASURED, work: oneOf(...BENCH_WORKS), depth: integer(1) },
  {
    commit: text,
    peer: mapOf(number(0)),
    ratio: number(0),
    ratioDefault: number(0),
    peakMemoryMb: number(0),
    peerPeakMemoryMb: number(0),
  },
);

const NETWORK = objectOf({ ...MEASURED, network: text }, { commit: text, peakMemoryMb: number(0) });

/** A `BenchRecord`: of a work, or of one network (`--networks`). */
export const BENCH_RECORD: Check = (where, value) => (isObject(value) && 'network' in value ? NETWORK : WORK)(where, value);
