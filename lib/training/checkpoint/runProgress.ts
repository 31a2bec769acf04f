/** Where a run stands, as a checkpoint holds it in JSON; nothing read from a file is used before it is checked. */

import type { TermValue, TermValues } from '../../optim/objective';
import { integerIn, numberIn, pick, refuse } from '../../util/check';
import type { EpochEvent, Evaluation, PeerEvaluations } from '../events';
import type { FitProgress } from '../fit';
import type { PlannedStage } from '../stages';
import type { BestEpoch } from './bestEpoch';

export interface RunProgress {
  /** Number of the stage; the number of stages when the run is complete. */
  readonly stage: number;
  readonly fit: FitProgress;
  /** Training time so far, over all sittings. */
  readonly seconds: number;
  /** Every epoch done, of all stages. */
  readonly history: readonly EpochEvent[];
  readonly best?: BestEpoch | undefined;
  /** Of the student's peers, where there are some. */
  readonly peerBests?: readonly (BestEpoch | null)[];
}

/** Steps of the whole run that are done. */
export function stepsDone(stages: readonly PlannedStage[], { stage, fit }: Pick<RunProgress, 'stage' | 'fit'>): number {
  const planned = stages[stage];
  if (planned) return planned.stepsBefore + fit.epoch * planned.stepsPerEpoch + fit.done;
  return stages.reduce((sum, { training, stepsPerEpoch }) => sum + training.epochs * stepsPerEpoch, 0);
}

/** A progress read from a file, of a run with so many peers. @throws InputError naming the entry that is wrong */
export function checkProgress(where: string, value: unknown, stages: readonly PlannedStage[], peers = 0): RunProgress {
  const { stage, fit, seconds, history, best, peerBests } = objectAt(where, value);
  const index = integerIn(`${where}: stage`, stage, 0, stages.length);
  const planned = stages[index];
  return {
    stage: index,
    fit: checkFit(`${where}: fit`, fit, planned),
    seconds: numberIn(`${where}: seconds`, seconds, 0),
    history: arrayAt(`${where}: history`, history).map((entry, i) => checkEpoch(`${where}: history ${i}`, entry)),
    best: best === undefined ? undefined : checkBest(`${where}: best`, best),
    ...(peers > 0 ? { peerBests: checkPeerBests(`${where}: peerBests`, peerBests, peers) } : {}),
  };
}

function checkFit(where: string, value: unknown, planned: PlannedStage | undefined): FitProgress {
  const { epoch, done, meter, seconds } = objectAt(where, value);
  const { images, loss, terms } = objectAt(`${where}: meter`, meter);
  return {
    epoch: integerIn(`${where}: epoch`, epoch, 0, planned?.training.epochs ?? 0),
    done: integerIn(`${where}: done`, done, 0, planned ? planned.stepsPerEpoch - 1 : 0),
    meter: {
      images: integerIn(`${where}: meter: images`, images),
      loss: numberIn(`${where}: meter: loss`, loss),
      terms: checkTerms(`${where}: meter`, terms),
    },
    seconds: numberIn(`${where}: seconds`, seconds, 0),
  };
}

function checkEpoch(where: string, value: unknown): EpochEvent {
  const entry = objectAt(where, value);
  return {
    kind: 'epoch',
    stage: stringAt(`${where}: stage`, entry.stage),
    epoch: integerIn(`${where}: epoch`, entry.epoch, 1),
    epochs: integerIn(`${where}: epochs`, entry.epochs, 1),
    step: integerIn(`${where}: step`, entry.step, 1),
    seconds: numberIn(`${where}: seconds`, entry.seconds, 0),
    learningRate: numberIn(`${where}: learningRate`, entry.learningRate, 0),
    loss: numberIn(`${where}: loss`, entry.loss),
    terms: checkTerms(where, entry.terms),
    evaluations: checkEvaluations(where, entry.evaluations),
    ...(entry.peers === undefined ? {} : { peers: checkPeers(where, entry.peers) }),
    ...(entry.fallbackMs === undefined ? {} : { fallbackMs: numberIn(`${where}: fallbackMs`, entry.fallbackMs, 0) }),
  };
}

function checkBest(where: string, value: unknown): BestEpoch {
  const { epoch, selectedOn, evaluations } = objectAt(where, value);
  return {
    epoch: integerIn(`${where}: epoch`, epoch, 1),
    selectedOn: splitAt(`${where}: selectedOn`, selectedOn),
    evaluations: checkEvaluations(where, evaluations),
  };
}

function checkPeerBests(where: string, value: unknown, peers: number): (BestEpoch | null)[] {
  const list = arrayAt(where, value);
  if (list.length !== peers) throw refuse(where, `${peers} entries`, list.length);
  return list.map((entry, i) => (entry === null ? null : checkBest(`${where} ${i}`, entry)));
}

function checkPeers(where: string, value: unknown): PeerEvaluations[] {
  return arrayAt(`${where}: peers`, value).map((entry) => {
    const { peer, evaluations } = objectAt(`${where}: peers`, entry);
    return { peer: stringAt(`${where}: peers: peer`, peer), evaluations: checkEvaluations(`${where}: peers`, evaluations) };
  });
}

function checkEvaluations(where: string, value: unknown): Evaluation[] {
  return arrayAt(`${where}: evaluations`, value).map((entry) => {
    const { split, count, loss, top1, top5 } = objectAt(`${where}: evaluations`, entry);
    return {
      split: splitAt(`${where}: split`, split),
      count: integerIn(`${where}: count`, count, 1),
      loss: numberIn(`${where}: loss`, loss),
      top1: numberIn(`${where}: top1`, top1, 0, 1),
      top5: numberIn(`${where}: top5`, top5, 0, 1),
    };
  });
}

function checkTerms(where: string, value: unknown): TermValues {
  const rows = Object.entries(objectAt(`${where}: terms`, value)).map(([name, entry]) => {
    const { value: v, weight, weighted } = objectAt(`${where}: ${name}`, entry);
    const term: TermValue = {
      value: measured(`${where}: ${name}`, v),
      weight: numberIn(`${where}: ${name}: weight`, weight),
      weighted: measured(`${where}: ${name}`, weighted),
    };
    return [name, term] as const;
  });
  return Object.fromEntries(rows);
}

/** A term of weight 0 may be NaN, which JSON writes as null. */
function measured(where: string, value: unknown): number {
  return value === null ? Number.NaN : numberIn(where, value);
}

const splitAt = (where: string, value: unknown): Evaluation['split'] =>
  pick(where, { validation: 'validation', test: 'test' } as const, String(value));

function objectAt(where: string, value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse(where, 'an object', value);
  return value as Record<string, unknown>;
}

function arrayAt(where: string, value: unknown): unknown[] {
  if (!Array.isArray(value)) throw refuse(where, 'a list', value);
  return value;
}

function stringAt(where: string, value: unknown): string {
  if (typeof value !== 'string') throw refuse(where, 'a string', value);
  return value;
}
