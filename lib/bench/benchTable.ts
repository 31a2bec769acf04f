/** What a kept row of the bench is in a file: its entries with types and ranges. */
import { PRECISIONS } from '../engine/types';
import { isObject } from '../util/check';
import { type Check, integer, listOf, mapOf, number, objectOf, oneOf, text } from '../util/schema';
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
    compared: text,
    ratioDefault: number(0),
    peakMemoryMb: number(0),
    peerPeakMemoryMb: number(0),
  },
);

/** Of one network; rows of before have neither size nor peer. */
const NETWORK = objectOf(
  { ...MEASURED, network: text },
  {
    commit: text,
    size: integer(1),
    spread: number(0),
    parameters: integer(1),
    multiplyAdds: integer(1),
    peakGflops: number(0),
    ofPeak: number(0),
    peakImagesPerSecond: number(0),
    peer: mapOf(number(0)),
    ratio: number(0),
    compared: text,
    peerSpread: number(0),
    doubts: listOf(text),
    failures: mapOf(text),
    peakMemoryMb: number(0),
    peerPeakMemoryMb: number(0),
  },
);

/** A `BenchRecord`: of a work, or of one network (`--models`). */
export const BENCH_RECORD: Check = (where, value) => (isObject(value) && 'network' in value ? NETWORK : WORK)(where, value);
