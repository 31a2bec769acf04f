/** What a run's epochs say, as curves: one a run, so that a figure can show their mean and spread. */

import type { EpochEvent } from '../../training/events';
import { STUDENT_STAGE } from '../../training/planStages';
import { pick } from '../../util/check';
import type { RunRecord } from '../store/runStore';
import { testError } from './testError';

/** Values after each epoch of the student's own stage. */
export interface EpochCurve {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

const test = ({ evaluations }: EpochEvent) => evaluations.find(({ split }) => split === 'test');

/** A value of one epoch of a run. */
type Measure = (epoch: EpochEvent, record: RunRecord) => number;

const MEASURES = {
  /** Of classification top-1, per cent. */
  'test error': ({ evaluations }, { config }) => testError(config, evaluations),
  /** Of classification cross-entropy, nats. */
  'test loss': (epoch) => test(epoch)?.loss ?? Number.NaN,
  /** Cross-entropy with the labels on training images as they were varied, mean over the epoch, weight apart. */
  'training loss': ({ terms }) => terms['task']?.value ?? Number.NaN,
} satisfies Readonly<Record<string, Measure>>;

export type EpochMeasure = keyof typeof MEASURES | `term ${string}`;

/**
 * A curve a record. `term NAME` is a term of the loss, before its weight.
 * @throws InputError for another measure, listing these
 */
export function epochCurves(records: readonly RunRecord[], measure: EpochMeasure): EpochCurve[] {
  const value = measureOf(measure);
  return records.map((record) => {
    const epochs = record.history.filter(({ stage }) => stage === STUDENT_STAGE);
    return { x: epochs.map(({ epoch }) => epoch), y: epochs.map((epoch) => value(epoch, record)) };
  });
}

function measureOf(measure: EpochMeasure): Measure {
  const [, term] = /^term (.+)$/.exec(measure) ?? [];
  if (term !== undefined) return ({ terms }) => terms[term]?.value ?? Number.NaN;
  return pick<Measure>('epochCurves: measure', MEASURES, measure);
}
