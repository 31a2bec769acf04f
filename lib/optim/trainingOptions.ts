/** Settings of a stage: the defaults of CIFAR training (He et al. 2016, with Nesterov and weight decay as in the IE-KD code). */
import { integerIn, knownKeys, numberIn, refuse } from '../util/check';
import type { TrainingOptions } from './objective';
import { checkSchedule } from './schedule';

/** What a run must say, and what it may. */
export type TrainingSettings = Partial<TrainingOptions> & Pick<TrainingOptions, 'epochs'>;

/** SGD 0.1, momentum 0.9 after Nesterov, weight decay 5e-4 on everything, 128 images a step, images varied. */
export const TRAINING_DEFAULTS: Omit<TrainingOptions, 'epochs'> = {
  batch: 128,
  learningRate: 0.1,
  momentum: 0.9,
  nesterov: true,
  weightDecay: 5e-4,
  augment: true,
};

/** The defaults overlaid by `layers`, later ones first; checked. @param where named in errors */
export function trainingOptions(where: string, ...layers: readonly Partial<TrainingOptions>[]): TrainingOptions {
  const known = ['epochs', ...Object.keys(TRAINING_DEFAULTS)];
  const given = layers.map((layer) => {
    knownKeys(where, layer, known);
    return Object.fromEntries(Object.entries(layer).filter(([, value]) => value !== undefined));
  });
  const merged: Record<string, unknown> = Object.assign({}, TRAINING_DEFAULTS, ...given);
  return {
    epochs: integerIn(`${where}: epochs`, merged.epochs, 1),
    batch: integerIn(`${where}: batch`, merged.batch, 1),
    learningRate: checkSchedule(`${where}: learningRate`, merged.learningRate),
    momentum: numberIn(`${where}: momentum`, merged.momentum, 0, 1),
    nesterov: booleanIn(`${where}: nesterov`, merged.nesterov),
    weightDecay: numberIn(`${where}: weightDecay`, merged.weightDecay, 0),
    augment: booleanIn(`${where}: augment`, merged.augment),
  };
}

function booleanIn(where: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw refuse(where, 'true or false', value);
  return value;
}
