/** Options of classification: what becomes of a training image's label. Without any the task is the one that runs have by default. */
import { knownKeys, numberIn, refuse } from '../../util/check';

/** Of `classification`. */
export interface ClassificationOptions {
  /** ε in [0, 1]: the share of a target that is spread evenly over all classes (`crossEntropy`). Default 0. */
  readonly labelSmoothing?: number;
  /**
   * α ≥ 0 of mixup (Zhang et al. 2018): each batch is mixed with itself in another order, as much as λ ~ Beta(α, α) says. Default 0, none;
   * the paper has 1 for CIFAR-10 and 0.2 for ImageNet.
   */
  readonly mixup?: number;
  /** α ≥ 0 of CutMix (Yun et al. 2019): a box of 1 − λ of the area comes from another image. Default 0, none; the paper has 1. */
  readonly cutmix?: number;
  /** Share of the batches that are mixed, in (0, 1]; default 1. Where both are on, half of these are mixup's, half CutMix's. */
  readonly mixProbability?: number;
}

const DEFAULTS: Required<ClassificationOptions> = { labelSmoothing: 0, mixup: 0, cutmix: 0, mixProbability: 1 };
const RANGES: Readonly<Record<keyof ClassificationOptions, readonly [least: number, most: number]>> = {
  labelSmoothing: [0, 1],
  mixup: [0, 1000],
  cutmix: [0, 1000],
  mixProbability: [0, 1],
};

/** All of them, checked. @throws InputError for unknown ones and values out of range */
export function completeOptions(options: ClassificationOptions): Required<ClassificationOptions> {
  const names = Object.keys(DEFAULTS) as (keyof ClassificationOptions)[];
  knownKeys('classification', options, names);
  const complete = { ...DEFAULTS };
  for (const name of names)
    complete[name] = numberIn(`classification: ${name}`, options[name] ?? DEFAULTS[name], ...RANGES[name]);
  const { mixProbability } = complete;
  if (mixProbability === 0) throw refuse('classification: mixProbability', 'a number in (0, 1]', mixProbability);
  return complete;
}

/** Those that are not the defaults: what enters the hash of a run. */
export function ownOptions(options: Required<ClassificationOptions>): Readonly<Record<string, number>> {
  const isMixed = options.mixup > 0 || options.cutmix > 0;
  const given = isMixed ? options : { ...options, mixProbability: DEFAULTS.mixProbability };
  return Object.fromEntries(
    Object.entries(given).filter(([name, value]) => value !== DEFAULTS[name as keyof ClassificationOptions]),
  );
}
