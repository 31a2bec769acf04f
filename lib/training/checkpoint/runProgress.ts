/** Where a run stands, as a checkpoint holds it in JSON; nothing read from a file is used before it is checked. */

import type { TermValue, TermValues } from '../../optim/objective';
import { metricStyle } from '../../tasks';
import type { Metrics } from '../../tasks/types';
import { integerIn, numberIn, pick, refuse } from '../../util/check';
import type { EpochSums } from '../epochMeans';
import type { Evaluation, NetworkEvaluations, PeerEvaluations } from '../evaluation';
import type { Adjustment, EpochEvent } from '../events';
import type { FitProgress } from '../fitStage';
import type { PlannedStage } from '../planStages';
import { ADJUSTED } from '../records/adjustedTable';
import { liftMetrics } from '../records/olderRecords';
import type { BestEpoch } from './bestEpoch';

export interface RunProgress {
  /** Number of the stage; the number of stages when the run is complete. */
  readonly stage: number;
  readonly fit: FitProgress;
  /** Training time so far, of every process that had a share of the run. */
  readonly seconds: number;
  /** Every epoch done, of all stages. */
  readonly history: readonly EpochEvent[];
  /** Of each network that is trained, the student's first. */
  readonly bests: readonly (BestEpoch | undefined)[];
  /** What was changed by hand. */
  readonly adjusted: readonly Adjustment[];
}

/** As a checkpoint holds it: the student's best apart from its peers', and the sums of an epoch under the name of before. */
export interface StoredProgress extends Omit<RunProgress, 'fit' | 'bests' | 'adjusted'> {
  readonly fit: Omit<FitProgress, 'sums'> & { readonly meter: EpochSums };
  readonly best?: BestEpoch | undefined;
  /** Of the student's peers, where there are some. */
  readonly peerBests?: readonly (BestEpoch | null)[];
  /** Where anything was. */
  readonly adjusted?: readonly Adjustment[];
}

export function storedProgress({ stage, fit, seconds, history, bests, adjusted }: RunProgress): StoredProgress {
  const { sums: meter, ...place } = fit;
  const [best, ...others] = bests;
  const peerBests = others.map((epoch) => epoch ?? null);
  const more = { ...(peerBests.length > 0 ? { peerBests } : {}), ...(adjusted.length > 0 ? { adjusted } : {}) };
  return { stage, fit: { ...place, meter }, seconds, history, best, ...more };
}

/** Steps of the whole run that are done; of a run that is complete, up to its last epoch, which early stopping may have chosen. */
export function stepsDone(
  stages: readonly PlannedStage[],
  { stage, fit, history }: Pick<RunProgress, 'stage' | 'fit' | 'history'>,
): number {
  const planned = stages[stage];
  if (planned) return planned.stepsBefore + fit.epoch * planned.stepsPerEpoch + fit.done;
  const last = history.at(-1);
  if (last?.endedEarly) return last.step;
  return stages.reduce((sum, { training, stepsPerEpoch }) => sum + training.epochs * stepsPerEpoch, 0);
}

/** A progress read from a file, of a run that trains so many networks. @throws InputError naming the entry that is wrong */
export function checkProgress(where: string, value: unknown, stages: readonly PlannedStage[], networks = 1): RunProgress {
  const { stage, fit, seconds, history, best, peerBests, adjusted = [] } = objectAt(where, value);
  ADJUSTED(`${where}: adjusted`, adjusted);
  const index = integerIn(`${where}: stage`, stage, 0, stages.length);
  const planned = stages[index];
  return {
    stage: index,
    fit: checkFit(`${where}: fit`, fit, planned),
    seconds: numberIn(`${where}: seconds`, seconds, 0),
    history: checkHistory(`${where}: history`, history),
    bests: [
      best === undefined ? undefined : checkBest(`${where}: best`, best),
      ...(networks > 1 ? checkPeerBests(`${where}: peerBests`, peerBests, networks - 1) : []),
    ],
    adjusted: adjusted as readonly Adjustment[],
  };
}

/** Epochs read from a file. @throws InputError naming the entry that is wrong */
export function checkHistory(where: string, value: unknown): EpochEvent[] {
  return arrayAt(where, value).map((entry, i) => checkEpoch(`${where} ${i}`, entry));
}

function checkFit(where: string, value: unknown, planned: PlannedStage | undefined): FitProgress {
  const { epoch, done, meter, seconds } = objectAt(where, value);
  const { images, loss, terms } = objectAt(`${where}: meter`, meter);
  return {
    epoch: integerIn(`${where}: epoch`, epoch, 0, planned?.training.epochs ?? 0),
    // All of them where the run was stopped before or in the evaluation after the epoch.
    done: integerIn(`${where}: done`, done, 0, planned?.stepsPerEpoch ?? 0),
    sums: {
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
    ...(entry.ema === undefined ? {} : { ema: checkNetworks(`${where}: ema`, entry.ema) }),
    ...(entry.fallbackMs === undefined ? {} : { fallbackMs: numberIn(`${where}: fallbackMs`, entry.fallbackMs, 0) }),
    ...(entry.endedEarly === true ? { endedEarly: true } : {}),
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

function checkPeerBests(where: string, value: unknown, peers: number): (BestEpoch | undefined)[] {
  const list = arrayAt(where, value);
  if (list.length !== peers) throw refuse(where, `${peers} entries`, list.length);
  return list.map((entry, i) => (entry === null ? undefined : checkBest(`${where} ${i}`, entry)));
}

function checkPeers(where: string, value: unknown): PeerEvaluations[] {
  return arrayAt(`${where}: peers`, value).map((entry) => {
    const { peer, evaluations } = objectAt(`${where}: peers`, entry);
    return { peer: stringAt(`${where}: peers: peer`, peer), evaluations: checkEvaluations(`${where}: peers`, evaluations) };
  });
}

function checkNetworks(where: string, value: unknown): NetworkEvaluations {
  const { evaluations, peers } = objectAt(where, value);
  return {
    evaluations: checkEvaluations(where, evaluations),
    ...(peers === undefined ? {} : { peers: checkPeers(where, peers) }),
  };
}

function checkEvaluations(where: string, value: unknown): Evaluation[] {
  return arrayAt(`${where}: evaluations`, value).map((entry) => {
    const { split, count, loss, metrics } = objectAt(`${where}: evaluations`, liftMetrics(entry));
    return {
      split: splitAt(`${where}: split`, split),
      count: integerIn(`${where}: count`, count, 1),
      loss: numberIn(`${where}: loss`, loss),
      metrics: checkMetrics(`${where}: metrics`, metrics),
    };
  });
}

function checkMetrics(where: string, value: unknown): Metrics {
  const rows = Object.entries(objectAt(where, value)).map(([name, number]) => [name, checkMetric(where, name, number)]);
  return Object.fromEntries(rows);
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

/** One that is not finite JSON writes as null. */
function checkMetric(where: string, name: string, value: unknown): number {
  if (value === null) return Number.NaN;
  return metricStyle(name).percent ? numberIn(`${where}: ${name}`, value, 0, 1) : numberIn(`${where}: ${name}`, value);
}

/** A term of weight 0 may be NaN, which JSON writes as null. */
function measured(where: string, value: unknown): number {
  return value === null ? Number.NaN : numberIn(where, value);
}

const splitAt = (where: string, value: unknown): Evaluation['split'] =>
  pick(where, { validation: 'validation', test: 'test' } as const, value);

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
