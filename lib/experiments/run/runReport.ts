/** What a complete run leaves: the weights of the networks that it trained, and its report. */
import { join } from 'node:path';
import type { BestEpoch } from '../../training/checkpoint/bestEpoch';
import type { Evaluation } from '../../training/evaluation';
import type { EpochEvent, RunDescription } from '../../training/events';
import type { BestResult, TrainingResult } from '../../training/train';
import { roleOf } from '../../util/networkRoles';
import { saveWeights, weightsName } from '../../weights/networkFile';
import type { RunConfig } from './config';
import type { ParsedRun } from './parsedRun';
import type { RunInputs } from './runInputs';
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
  /** SHA-256 of the file of last weights, by role: `student`, `peer1`, …; absent in reports of before they were noted. */
  readonly weights?: Readonly<Record<string, string>>;
}

/** How good a peer is after the last epoch, and its best epoch. */
export interface PeerReport {
  /** `peer1`, `peer2`, … */
  readonly peer: string;
  readonly evaluations: readonly Evaluation[];
  readonly best?: BestEpoch;
}

export interface ResultsInput {
  readonly run: ParsedRun;
  readonly training: TrainingResult;
  readonly networks: Pick<RunInputs, 'student' | 'peers'>;
  readonly provenance: Provenance;
}

/** Writes the last and the best weights of the student and its peers. @returns the report */
export function saveResults(folder: string, { run, training, networks, provenance }: ResultsInput): RunReport {
  const { facts, seconds, last, best, peers, history } = training;
  const { config, hash } = run;
  const notes = ({ epoch, evaluations }: Pick<BestEpoch, 'epoch' | 'evaluations'>): Record<string, string> => {
    return { run: hash, seed: String(facts.seed), epoch: String(epoch), evaluations: JSON.stringify(evaluations) };
  };
  const trained = [{ evaluations: last?.evaluations ?? [], best }, ...peers];
  const weights: Record<string, string> = {};
  for (const [i, network] of [networks.student, ...networks.peers].entries()) {
    const { evaluations = [], best: own } = trained[i] ?? {};
    const path = (when: 'last' | 'best'): string => join(folder, weightsName(roleOf(i), when));
    if (last) weights[roleOf(i)] = saveWeights(path('last'), network, notes({ epoch: last.epoch, evaluations }));
    if (own) saveWeights(path('best'), network, notes(own), own.weights);
  }
  return {
    hash,
    config,
    facts,
    provenance,
    seconds,
    date: new Date().toISOString(),
    ...(last ? { last } : {}),
    ...withoutWeights(best),
    ...(peers.length > 0 ? { peers: peers.map(({ best: own, ...peer }) => ({ ...peer, ...withoutWeights(own) })) } : {}),
    history,
    weights,
  };
}

function withoutWeights(best: BestResult | undefined): { readonly best?: BestEpoch } {
  return best ? { best: { epoch: best.epoch, selectedOn: best.selectedOn, evaluations: best.evaluations } } : {};
}
