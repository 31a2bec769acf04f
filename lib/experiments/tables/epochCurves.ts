/** What a run's epochs say, as curves: one a run, so that a figure can show their mean and spread. */

import { taskNamed } from '../../tasks';
import type { EpochEvent } from '../../training/events';
import { STUDENT_STAGE } from '../../training/planStages';
import { pick, refusePhrase } from '../../util/check';
import type { RunRecord } from '../store/runStore';
import { scoreStyle, testScore } from './testScore';

/** Values after each epoch of the student's own stage. */
export interface EpochCurve {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

const test = ({ evaluations }: EpochEvent) => evaluations.find(({ split }) => split === 'test');

/** A value of one epoch of a run. */
type Measure = (epoch: EpochEvent, record: RunRecord) => number;

const MEASURES = {
  /** As tables show it: of classification the top-1 error, of detection the mean average precision, per cent. */
  'test score': ({ evaluations }, { config }) => testScore(config, evaluations),
  /** The same, of a task whose score is an error. */
  'test error': testError,
  /** Of classification cross-entropy, nats. */
  'test loss': (epoch) => test(epoch)?.loss ?? Number.NaN,
  /**
   * The task's own loss on training images as they were varied, mean over the epoch, weight apart: of classification the cross-entropy
   * with the labels, of detection confidence and localisation.
   */
  'training loss': ({ terms }, { config }) =>
    taskNamed(config.task).termNames.reduce((sum, name) => sum + (terms[name]?.value ?? Number.NaN), 0),
} satisfies Readonly<Record<string, Measure>>;

function testError({ evaluations }: EpochEvent, { config }: RunRecord): number {
  const { key } = scoreStyle(config);
  if (key === 'error') return testScore(config, evaluations);
  throw refusePhrase(
    'epochCurves: test error',
    'a task whose score is an error',
    taskNamed(config.task).name,
    'ask for "test score"',
  );
}

/** What of an epoch a curve shows: a measure by name, or `term NAME`. */
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
