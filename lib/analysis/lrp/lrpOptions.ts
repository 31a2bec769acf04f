/** Options of relevance propagation, checked. */
import type { ImageSet, Normalisation } from '../../data/types';
import type { FeatureInfo, Network } from '../../models/types';
import { integerIn, knownKeys, neededKeys, numberIn, pick, refuse } from '../../util/check';
import type { PlacedRules } from './propagate';
import { FIRST_RULES, type FirstRuleName, RULES, type RuleName, type RuleValues } from './rules';

/** Rules by place. The default is a composite: ε on top, α1β0 below, z^B for the pixels (Montavon et al. 2019, section 10.3). */
export interface LrpRules {
  /** Linear layers; default `epsilon`. */
  readonly linear?: RuleName;
  /** Convolutions but the first; default `alpha1beta0`. */
  readonly convolution?: RuleName;
  /** The convolution of the pixels; default `zB`. */
  readonly first?: FirstRuleName;
  /**
   * Sums of residual blocks; default the rule of convolutions. `zero` and `epsilon` split in proportion to the summands,
   * `alpha1beta0` to those above 0, without which relevance below 0 would come into z⁺ maps.
   */
  readonly sum?: RuleName;
  /** Batch norms that no convolution precedes; default the rule of convolutions. */
  readonly norm?: RuleName;
}

/** Which class's logit is explained: a class for all images, one an image, the predicted one, or the label. */
export type LrpTarget = number | readonly number[] | 'predicted' | 'label';

/** Options of `lrp`. */
export interface LrpOptions {
  readonly normalisation: Normalisation;
  /** Default `predicted`. */
  readonly target?: LrpTarget;
  readonly rules?: LrpRules;
  /** Of the rule `epsilon`, absolute, ≥ 0; default 1e-6: a choice, the authors' tutorial scales it by layer. */
  readonly epsilon?: number;
  /** Of the rule `gamma`, ≥ 0; default 0.25: a choice, the authors' tutorial differs by layer. */
  readonly gamma?: number;
  /** Channels of the last stage's map that keep their relevance, as the inheritance or exploration part; default all. */
  readonly part?: readonly number[];
  /** Images at a time; default 32. */
  readonly batch?: number;
}

/** Everything filled in. */
export interface LrpPlan {
  readonly rules: PlacedRules;
  /** [channels] of the last map, 1 where relevance is kept; undefined: everywhere. */
  readonly kept: readonly number[] | undefined;
  readonly batch: number;
  /** The class explained of image `index`. */
  classOf(index: number, predicted: number): number;
}

const KNOWN = ['normalisation', 'target', 'rules', 'epsilon', 'gamma', 'part', 'batch'];
const PLACES = ['linear', 'convolution', 'first', 'sum', 'norm'];

/** @throws InputError naming the option and what it can be */
export function planLrp(network: Network, images: ImageSet, options: LrpOptions): LrpPlan {
  knownKeys('lrp', options, KNOWN);
  neededKeys('lrp', options, ['normalisation']);
  return {
    rules: placedRules(options),
    kept: keptChannels(options.part, network.features.at(-1) as FeatureInfo),
    batch: integerIn('lrp: batch', options.batch ?? 32, 1),
    classOf: explained(options.target ?? 'predicted', images, network.classes),
  };
}

function placedRules({ rules = {}, epsilon = 1e-6, gamma = 0.25, normalisation: { mean, std } }: LrpOptions): PlacedRules {
  knownKeys('lrp: rules', rules, PLACES);
  const bound = (pixel: number): number[] => mean.map((m, c) => (pixel - m) / (std[c] as number));
  const values: RuleValues = {
    ...{ epsilon: numberIn('lrp: epsilon', epsilon, 0), gamma: numberIn('lrp: gamma', gamma, 0) },
    ...{ low: bound(0), high: bound(1) },
  };
  const { linear = 'epsilon', convolution = 'alpha1beta0', first = 'zB', sum = convolution, norm = convolution } = rules;
  const rule = (place: string, name: string) => pick(`lrp: rules.${place}`, RULES, name)(values);
  return {
    ...{
      linear: rule('linear', linear),
      convolution: rule('convolution', convolution),
      sum: rule('sum', sum),
      norm: rule('norm', norm),
    },
    first: pick('lrp: rules.first', FIRST_RULES, first)(values),
  };
}

function keptChannels(part: readonly number[] | undefined, { channels }: FeatureInfo): number[] | undefined {
  if (!part) return undefined;
  const kept = new Array<number>(channels).fill(0);
  for (const channel of part) {
    integerIn('lrp: part', channel, 0, channels - 1);
    if (kept[channel] === 1) throw refuse('lrp: part', 'every channel once', channel);
    kept[channel] = 1;
  }
  return kept;
}

const TARGETS = { predicted: true, label: true } as const;

function explained(target: LrpTarget, images: ImageSet, classes: number): LrpPlan['classOf'] {
  const known = (one: number): number => integerIn('lrp: target', one, 0, classes - 1);
  if (typeof target === 'number') {
    known(target);
    return () => target;
  }
  if (typeof target === 'string') {
    pick('lrp: target', TARGETS, target);
    return (index, predicted) => (target === 'label' ? known(images.labels[index] as number) : predicted);
  }
  if (target.length !== images.count) throw refuse('lrp: target', `a class for each of ${images.count} images`, target);
  target.forEach(known);
  return (index) => target[index] as number;
}
