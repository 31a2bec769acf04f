/**
 * Settings of a stage: the defaults of CIFAR training (He et al. 2016, with Nesterov and weight decay as in the IE-KD code). The
 * options of the default optimiser, SGD, may stand among the settings themselves, and do so wherever settings are written down.
 */
import { booleanIn, integerIn, knownKeys, refusePhrase } from '../util/check';
import type { TrainingOptions } from './objective';
import type { OptimizerSpec } from './optimizer';
import { DEFAULT_OPTIMIZER, optimizerSpec, usualRate } from './optimizers';
import { SGD_DEFAULTS, type SgdOptions } from './optimizers/sgd';
import { OPTIONAL_SETTINGS, optionalSettings } from './optionalSettings';
import { checkEnds, checkSchedule } from './schedule';

/** Settings that a stage may say; `momentum`, `nesterov` and `weightDecay` are those of SGD. */
export interface StageTraining extends Partial<Omit<TrainingOptions, 'decay'>>, Partial<SgdOptions> {
  /** What weight decay is applied to: all parameters (default), or weights of two axes and more, hence no norms and no biases. */
  readonly decay?: 'all' | 'weights';
}

/** What a run must say, and what it may. */
export type TrainingSettings = StageTraining & Pick<TrainingOptions, 'epochs'>;

/** Complete settings as they are written down: SGD's options in the place of `optimizer`. */
export type TrainingRecord = Omit<TrainingOptions, 'optimizer'> & StageTraining;

/** SGD 0.1, momentum 0.9 after Nesterov, weight decay 5e-4 on everything, 128 images a step, images varied. */
export const TRAINING_DEFAULTS: Omit<TrainingOptions, 'epochs' | 'optimizer'> & SgdOptions = {
  batch: 128,
  learningRate: 0.1,
  ...SGD_DEFAULTS,
  augment: true,
};

const OWN = Object.keys(SGD_DEFAULTS);
const KNOWN = ['epochs', ...Object.keys(TRAINING_DEFAULTS), 'optimizer', ...OPTIONAL_SETTINGS];

/**
 * The defaults overlaid by `layers`, later ones first; checked. A layer that names another optimiser than those before it starts
 * with that one's defaults, its usual learning rate among them. @param where named in errors
 */
export function trainingOptions(where: string, ...layers: readonly StageTraining[]): TrainingOptions {
  const given = layers.map((layer) => {
    knownKeys(where, layer, KNOWN);
    return Object.fromEntries(Object.entries(layer).filter(([, value]) => value !== undefined)) as StageTraining;
  });
  const optimizer = given.reduce(
    (spec, layer) => overlaid(where, spec, layer),
    optimizerSpec(where, { name: DEFAULT_OPTIMIZER }),
  );
  const merged: Record<string, unknown> = Object.assign({}, TRAINING_DEFAULTS, { learningRate: usualRate(optimizer) }, ...given);
  return {
    epochs: integerIn(`${where}: epochs`, merged.epochs, 1),
    batch: integerIn(`${where}: batch`, merged.batch, 1),
    learningRate: checkSchedule(`${where}: learningRate`, merged.learningRate),
    augment: booleanIn(`${where}: augment`, merged.augment),
    optimizer,
    ...optionalSettings(where, merged),
  };
}

/** Images of a step: of all its batches. */
export const imagesPerStep = ({ batch, accumulate = 1 }: Pick<TrainingOptions, 'batch' | 'accumulate'>): number =>
  batch * accumulate;

/**
 * Refuses a learning rate that changes after the last of the epochs beside which it stands. Where a stage's epochs come from elsewhere,
 * as those that its method gives it, the rate of the whole run may well be longer.
 */
export function checkWithinEpochs(where: string, settings: StageTraining): void {
  knownKeys(where, settings, KNOWN);
  const { epochs, learningRate } = settings;
  if (epochs === undefined || learningRate === undefined) return;
  integerIn(`${where}: epochs`, epochs, 1);
  checkEnds(`${where}: learningRate`, checkSchedule(`${where}: learningRate`, learningRate), epochs);
}

/** The form in which settings are written down, and in which they enter the hash of a run: that of before optimisers had names. */
export function trainingRecord(settings: TrainingOptions): TrainingRecord {
  const { optimizer, epochs, batch, learningRate, augment, ...optional } = settings;
  const { name, ...options } = optimizer;
  const own = name === DEFAULT_OPTIMIZER ? options : {};
  const named = name === DEFAULT_OPTIMIZER ? {} : { optimizer };
  return { epochs, batch, learningRate, ...own, augment, ...named, ...optional };
}

function overlaid(where: string, before: OptimizerSpec, { optimizer, ...layer }: StageTraining): OptimizerSpec {
  const named = optimizer === undefined ? before : overlay(`${where}: optimizer`, before, optimizer);
  const beside = Object.entries(layer).filter(([key]) => OWN.includes(key));
  const [first] = beside;
  if (!first) return named;
  if (named.name !== DEFAULT_OPTIMIZER) {
    throw refusePhrase(where, `the options of ${named.name} in optimizer`, `${first[0]} beside it`);
  }
  return optimizerSpec(where, { ...named, ...Object.fromEntries(beside) });
}

function overlay(where: string, before: OptimizerSpec, given: OptimizerSpec): OptimizerSpec {
  return optimizerSpec(where, before.name === given?.name ? { ...before, ...given } : given);
}
