/** What a run's report is in a file, `result.json` or a record: its entries with types and ranges, and what they say twice. */

import type { BestEpoch } from '../../training/checkpoint/bestEpoch';
import type { Evaluation } from '../../training/evaluation';
import type { Adjustment, EpochEvent, RunDescription } from '../../training/events';
import { ADJUSTED } from '../../training/records/adjustedTable';
import { BEST, EPOCH, PEER } from '../../training/records/epochTable';
import { integerIn, refuse, refusePhrase } from '../../util/check';
import { canonicalJson } from '../../util/hash';
import { anyObject, type Check, integer, listOf, mapOf, number, objectOf, textOf } from '../../util/schema';
import { counted } from '../../util/text';
import type { RunConfig } from './config';
import { DATE, PROVENANCE, SHA256 } from './provenanceTable';
import type { Provenance } from './runProvenance';

/** What `result.json` holds of a complete run. */
export interface RunReport {
  /** Names the configuration without its seed. */
  readonly hash: string;
  readonly config: RunConfig;
  readonly facts: RunDescription;
  readonly provenance: Provenance;
  readonly seconds: number;
  /** When it was written, ISO. */
  readonly date: string;
  /** The student's last epoch, and its best. */
  readonly last?: EpochEvent;
  readonly best?: BestEpoch;
  /** Its peers after the last epoch, and their best, where there are some. */
  readonly peers?: readonly PeerReport[];
  readonly history: readonly EpochEvent[];
  /** What was changed by hand while it trained; such a run is no part of an experiment. */
  readonly adjusted?: readonly Adjustment[];
  /** SHA-256 of the contents of the last weights, by role: `student`, `peer1`, …; absent in reports of before they were noted. */
  readonly weights?: Readonly<Record<string, string>>;
}

/** How good a peer is after the last epoch, and its best epoch. */
export interface PeerReport {
  /** `peer1`, `peer2`, … */
  readonly peer: string;
  readonly evaluations: readonly Evaluation[];
  readonly best?: BestEpoch;
}

/** The oldest reports have neither a date nor a precision. */
const ENTRIES = objectOf(
  {
    hash: textOf(/^[0-9a-f]{12}$/, '12 hexadecimal digits'),
    config: anyObject,
    facts: anyObject,
    provenance: PROVENANCE,
    seconds: number(0),
    history: listOf(EPOCH),
  },
  { date: DATE, adjusted: ADJUSTED, last: EPOCH, best: BEST, peers: listOf(PEER), weights: mapOf(SHA256), together: integer(1) },
);

/** A `RunReport` or `RunRecord`, its evaluations in the form of today. */
export const REPORT: Check = (where, value) => {
  ENTRIES(where, value);
  const { last, best, history, config, facts } = value as RunReport;
  checkSeed(where, config, facts);
  for (const stage of new Set(history.map((epoch) => epoch.stage))) checkStage(where, stage, history, facts);
  const isIn = ({ epoch, evaluations }: Pick<RunReport['history'][number], 'epoch' | 'evaluations'>): boolean =>
    history.some((one) => one.epoch === epoch && canonicalJson(one.evaluations) === canonicalJson(evaluations));
  // What is written twice shows a number that was changed in one place.
  if (last && !history.some((one) => canonicalJson(one) === canonicalJson(last))) {
    throw refuse(`${where}: last`, 'an epoch as in the history', last);
  }
  if (best && !isIn(best)) throw refuse(`${where}: best`, 'the evaluations of an epoch of the history', best);
};

/** The seed is not in the hash of the configuration; the facts say it, too. */
function checkSeed(where: string, { seed }: Pick<RunConfig, 'seed'>, facts: Partial<RunDescription>): void {
  if (seed !== undefined) integerIn(`${where}: config: seed`, seed);
  if (facts.seed === undefined) return;
  integerIn(`${where}: facts: seed`, facts.seed);
  if (facts.seed !== (seed ?? 0)) throw refuse(`${where}: facts: seed`, `that of the configuration, ${seed ?? 0}`, facts.seed);
}

/** A complete run has every epoch of its stages, or those before it ended early, in order; each says how many there are, and so do the facts. */
function checkStage(where: string, name: string, history: RunReport['history'], { stages }: Partial<RunDescription>): void {
  const own = history.filter(({ stage }) => stage === name);
  const planned = Array.isArray(stages) ? stages.find((stage) => stage?.name === name)?.training?.epochs : undefined;
  const epochs = planned ?? own.length;
  const bad = own.findIndex((epoch, i) => epoch.epoch !== i + 1 || epoch.epochs !== epochs);
  const at = bad < 0 ? undefined : own[bad];
  if (at)
    throw refusePhrase(
      `${where}: history`,
      `epoch ${bad + 1} of ${epochs} of the stage "${name}"`,
      `${at.epoch} of ${at.epochs}`,
    );
  if (own.at(-1)?.endedEarly) return;
  if (own.length !== epochs) throw refuse(`${where}: history`, `${counted(epochs, 'epoch')} of the stage "${name}"`, own.length);
}
