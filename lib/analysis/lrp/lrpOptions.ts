/** Options of relevance propagation, checked. */
import type { ImageSet, Normalisation } from '../../data/types';
import type { NetworkOperations } from '../../models/layers/operations';
import type { Network } from '../../models/types';
import { integerIn, knownKeys, nameIn, numberIn, pick, refuse, refusePhrase } from '../../util/check';
import { type Explained, type ExplainedOf, explainedOf, type LrpTarget, stageOfPrior } from './explained';
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
  /** Channels of a stage's map that keep their relevance, as the inheritance or exploration part; default all. */
  readonly part?: readonly number[];
  /** The stage that `part` is of, `stage3`; default the last, of a detector that of its backbone. */
  readonly feature?: string;
  /** Images at a time; default 32. */
  readonly batch?: number;
}

/** Everything filled in. */
export interface LrpPlan {
  readonly rules: PlacedRules;
  /** The stage, and [channels] of its map, 1 where relevance is kept; undefined: everywhere. */
  readonly kept: { readonly stage: string; readonly channels: readonly number[] } | undefined;
  readonly batch: number;
  readonly explained: ExplainedOf;
}

/** Names of the options of `lrp`. */
export const LRP_OPTIONS = ['normalisation', 'target', 'rules', 'epsilon', 'gamma', 'part', 'feature', 'batch'];
const PLACES = ['linear', 'convolution', 'first', 'sum', 'norm'];

/** @throws InputError naming the option and what it can be */
export function planLrp(network: Network, operations: NetworkOperations, images: ImageSet, options: LrpOptions): LrpPlan {
  const stages = operations.stages.map(({ name }) => name);
  const stage = nameIn('lrp: feature', stages, options.feature ?? network.lastStage ?? stages.at(-1));
  const kept = options.part && { stage, channels: keptChannels(options.part, channelsOf(network, stage)) };
  const explained = explainedOf(network, images, options.target ?? 'predicted');
  return {
    rules: placedRules(options),
    kept,
    batch: integerIn('lrp: batch', options.batch ?? 32, 1),
    explained: kept && network.priors ? through(network, stages, stage, explained) : explained,
  };
}

/** A prior of an earlier map has no relevance on a stage: a part of it would be an empty map. */
function through(network: Network, stages: readonly string[], stage: string, explained: ExplainedOf): ExplainedOf {
  return (index, row) => {
    const one = explained(index, row);
    const own = stageOfPrior(network, (one.explained as Required<Explained>).prior);
    if (stages.indexOf(own) >= stages.indexOf(stage)) return one;
    throw refusePhrase('lrp: part', `a prior of ${stage} or a later stage`, `${one.explained.prior} of ${own}`);
  };
}

const channelsOf = ({ features }: Network, stage: string): number => features.find(({ name }) => name === stage)?.channels ?? 0;

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

function keptChannels(part: readonly number[], channels: number): number[] {
  const kept = new Array<number>(channels).fill(0);
  for (const channel of part) {
    integerIn('lrp: part', channel, 0, channels - 1);
    if (kept[channel] === 1) throw refuse('lrp: part', 'every channel once', channel);
    kept[channel] = 1;
  }
  return kept;
}
