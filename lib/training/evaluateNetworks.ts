/** Evaluations after an epoch: of every network that a stage measures, with its own weights and with their moving average. */
import type { Dataset } from '../data/types';
import type { Network } from '../models/types';
import type { WeightAverage } from '../optim/weightAverage';
import type { Task } from '../tasks/types';
import { evaluateUnless } from './evaluate';
import { type Evaluation, type NetworkEvaluations, networkEvaluations } from './evaluation';

/** What is measured, and on what. */
export interface MeasuredNetworks {
  readonly networks: readonly Network[];
  readonly data: Dataset;
  readonly task: Task;
  /** The moving average of their weights, where one is kept. */
  readonly average?: WeightAverage | undefined;
  /** Whether the evaluation is to be left to whoever goes on: asked between batches. Default never. */
  readonly givesUp?: (() => boolean) | undefined;
}

/** As an epoch holds them. */
export interface EpochEvaluations extends NetworkEvaluations {
  /** With averaged weights, where those are kept. */
  readonly ema?: NetworkEvaluations;
}

/** Of all of them; undefined where it was left to whoever goes on. */
export async function evaluateNetworks(measured: MeasuredNetworks): Promise<EpochEvaluations | undefined> {
  const own = await evaluateAll(measured);
  const { average } = measured;
  if (!own || !average) return own;
  const ema = await average.during(() => evaluateAll(measured));
  return ema ? { ...own, ema } : undefined;
}

async function evaluateAll({ networks, data, task, givesUp }: MeasuredNetworks): Promise<NetworkEvaluations | undefined> {
  const all: Evaluation[][] = [];
  for (const network of networks) {
    const evaluations: Evaluation[] = [];
    for (const split of ['validation', 'test'] as const) {
      const found = data[split].count > 0 ? await evaluateUnless(givesUp, network, data, split, { task }) : undefined;
      if (found) evaluations.push(found);
      else if (data[split].count > 0) return undefined;
    }
    all.push(evaluations);
  }
  return networkEvaluations(all);
}
