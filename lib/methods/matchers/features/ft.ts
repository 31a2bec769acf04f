/**
 * Factor transfer (Kim et al. 2018). Teacher side: an auto-encoder of the teacher's map (the paraphraser), fitted by reconstruction
 * and then frozen; its encoder gives the target factor. Student side: an encoder of the same kind (the translator) from the
 * student's channels to the factor's. `coder` says how they are built (models/factor/factorCoders.ts): by default as the released code of
 * IE-KD builds them, so that FT and IE-FT differ in nothing but the split; `biased` is FT's own code. That trains without Nesterov's
 * momentum, with which an auto-encoder that has no batch norms can diverge, here as in PyTorch.
 */
import { reconstruction } from '../../../losses/reconstruction';
import type { FactorCoder } from '../../../models/factor/factorCoders';
import {
  type FactorAutoEncoder,
  type FactorEncoder,
  factorAutoEncoder,
  factorEncoder,
} from '../../../models/factor/factorEncoder';
import type { FeatureInfo } from '../../../models/types';
import { checkWithinEpochs, type StageTraining } from '../../../optim/trainingOptions';
import { isObject, knownKeys, pick, refuse } from '../../../util/check';
import type { Distance, Factor, Matcher, StudentSide, TeacherSide } from '../../matcher';
import { FACTOR_DISTANCES, type FactorDistance } from '../../parts/factorDistances';
import { type FeatureOption, parseFeature } from '../../parts/featureSelection';

/** Defaults: IE-KD's released configuration. */
export interface FtOptions {
  /** Factor channels a channel of the teacher's map, k in the paper, in (0, 1]; default 0.5. */
  readonly rate?: number;
  /** The map that is matched; default `last`, each network's last one after its ReLU. */
  readonly feature?: FeatureOption;
  /** `l1` (default), `l2`, `cosine`, `cka` or `cka-rbf`. */
  readonly distance?: string;
  /** `batchNorm` (default) or `biased`. */
  readonly coder?: FactorCoder;
  /** How the teacher's auto-encoder is fitted; default 30 epochs (`biased`: 6, without Nesterov) at a constant rate of 0.1. */
  readonly fit?: StageTraining;
}

/** Names of the options of `ft`. */
export const FT_OPTIONS: readonly (keyof FtOptions)[] = ['rate', 'feature', 'distance', 'coder', 'fit'];

/** As each coder's own code has it. */
const FITTING: Readonly<Record<FactorCoder, StageTraining>> = {
  batchNorm: { epochs: 30, learningRate: 0.1 },
  biased: { epochs: 6, learningRate: 0.1, nesterov: false },
};

/**
 * Factor transfer (Kim et al. 2018): the matcher `ft`, one teacher.
 *   distance = mean over elements of |student's factor/‖·‖ − teacher's/‖·‖|, or another one of `distance`
 * A stage before the student's fits the teacher's auto-encoder by the mean |map − reconstruction|. `match(ft())` weighs the distance by
 * 500, FT's β for an element mean. @throws InputError for unknown options, and a rate outside (0, 1],
 * and a learning rate of `fit` that changes after its epochs
 *
 * @example
 * ```ts
 * import { ft, match } from 'iekd';
 * match(ft({ rate: 0.75, fit: { epochs: 10 } })); // factors of 3/4 of the teacher's channels, fitted for ten epochs
 * ```
 */
export function ft(options: FtOptions = {}): Matcher {
  knownKeys('ft', options, FT_OPTIONS);
  const { rate = 0.5, feature = 'last', distance = 'l1', coder = 'batchNorm', fit = {} } = options;
  if (typeof rate !== 'number' || !(rate > 0 && rate <= 1)) throw refuse('ft: rate', 'a share above 0, at most 1', rate);
  if (!isObject(fit)) throw refuse('ft: fit', 'training options', fit);
  const metric = pick('ft: distance', FACTOR_DISTANCES, distance);
  const fitting = { ...pick('ft: coder', FITTING, coder), ...fit };
  checkWithinEpochs('ft: fit', fitting);
  const { anySize = false } = metric;
  return {
    name: 'ft',
    options: { rate, feature, distance, coder, fit: fitting },
    frozenTeacher: { options: ['fit'] },
    features: parseFeature('ft: feature', feature),
    anySize,
    weights: { match: 500 },
    teacherSide(features, _teacher, random) {
      const map = theOne(features);
      const to = Math.max(1, Math.round(rate * map.channels));
      return paraphraser(map, factorAutoEncoder({ from: map.channels, to, coder }, random), fitting);
    },
    studentSide(features, target, random) {
      const [, , to = 0] = theOne(target.shapes);
      return translator(factorEncoder({ from: theOne(features).channels, to, coder }, random));
    },
    distance: ofOne(metric),
  };
}

/** A distance of one layer as a matcher's. */
function ofOne({ of, reduction, sizeExponent, repulsion, expected }: FactorDistance): Distance {
  return {
    of: (factor, target) => of(theOne(factor), theOne(target)),
    reduction,
    sizeExponent,
    repulsion: repulsion === 'negate' ? repulsion : (factor, target) => repulsion(theOne(factor), theOne(target)),
    expected: (shapes) => expected(theOne(shapes).reduce((product, n) => product * n, 1)),
  };
}

function theOne<T>(list: readonly T[]): T {
  if (list.length !== 1) throw refuse('ft', 'one map', list.length);
  return list[0] as T;
}

/** The teacher's auto-encoder, channels → round(rate · channels). */
function paraphraser({ height, width }: FeatureInfo, encoder: FactorAutoEncoder, training: StageTraining): TeacherSide {
  return {
    shapes: [[height, width, encoder.to]],
    variables: encoder.variables,
    fit: {
      name: 'factor encoder',
      training,
      dependsOn: { matcher: 'ft', loss: 'mean absolute difference of map and reconstruction' },
      terms(features) {
        const x = theOne(features);
        const value = reconstruction(x, encoder.decode(encoder.encode(x, true), true));
        return [{ name: 'reconstruction', value, weight: 1, reduction: 'mean over elements' }];
      },
    },
    target: (features) => [encoder.encode(theOne(features), false)],
    reconstruct: (features) => [encoder.decode(encoder.encode(theOne(features), false), false)],
  };
}

/** The student's encoder, channels of its map or branch → channels of the target. */
function translator({ variables, encode }: FactorEncoder): StudentSide {
  return { variables, factor: (features, training): Factor => [encode(theOne(features), training)] };
}
