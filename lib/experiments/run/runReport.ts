/** What a complete run leaves: the weights of the networks that it trained, and its report. */
import { join } from 'node:path';
import { adjustedText } from '../../training/byHand/adjustments';
import type { BestEpoch } from '../../training/checkpoint/bestEpoch';
import { evaluationsByNetwork } from '../../training/evaluation';
import type { BestResult, TrainingResult } from '../../training/train';
import { roleOf } from '../../util/networkRoles';
import { saveWeights, weightsName } from '../../weights/networkFile';
import { dataNotes } from './dataNotes';
import type { ParsedRun } from './parsedRun';
import type { RunReport } from './reportTable';
import type { RunInputs } from './runInputs';
import type { Provenance } from './runProvenance';

export type { RunReport };

export interface ResultsInput {
  readonly run: ParsedRun;
  readonly training: TrainingResult;
  readonly networks: Pick<RunInputs, 'student' | 'peers' | 'data'>;
  readonly provenance: Provenance;
}

/** Writes the last, the best and, where they are kept, the averaged weights of the student and its peers. @returns the report */
export function saveResults(folder: string, { run, training, networks, provenance }: ResultsInput): RunReport {
  const { facts, seconds, last, best, ema, peers, history, adjusted } = training;
  const { config, hash } = run;
  const notes = ({ epoch, evaluations }: Pick<BestEpoch, 'epoch' | 'evaluations'>): Record<string, string> => {
    const told = { run: hash, seed: String(facts.seed), epoch: String(epoch), evaluations: JSON.stringify(evaluations) };
    return adjusted.length > 0 ? { ...told, adjusted: adjustedText(adjusted) } : told;
  };
  const trained = [{ evaluations: last?.evaluations ?? [], best, ema }, ...peers];
  const averaged = last?.ema ? evaluationsByNetwork(last.ema) : [];
  const weights: Record<string, string> = {};
  for (const [i, network] of [networks.student, ...networks.peers].entries()) {
    const { evaluations = [], best: own, ema: average } = trained[i] ?? {};
    const seen = dataNotes(network, networks.data);
    const path = (when: 'last' | 'best' | 'ema'): string => join(folder, weightsName(roleOf(i), when));
    if (last) weights[roleOf(i)] = saveWeights(path('last'), network, { ...notes({ epoch: last.epoch, evaluations }), ...seen });
    if (own) saveWeights(path('best'), network, { ...notes(own), ...seen }, own.weights);
    if (!last || !average) continue;
    const told = { ...notes({ epoch: last.epoch, evaluations: averaged[i] ?? [] }), ...seen };
    saveWeights(path('ema'), network, told, average);
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
    ...(peers.length > 0 ? { peers: peers.map(({ best: own, ema: _, ...peer }) => ({ ...peer, ...withoutWeights(own) })) } : {}),
    history,
    ...(adjusted.length > 0 ? { adjusted } : {}),
    weights,
  };
}

function withoutWeights(best: BestResult | undefined): { readonly best?: BestEpoch } {
  return best ? { best: { epoch: best.epoch, selectedOn: best.selectedOn, evaluations: best.evaluations } } : {};
}
