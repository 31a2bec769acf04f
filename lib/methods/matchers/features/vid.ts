/**
 * Variational information distillation (Ahn et al. 2019): the teacher's maps as normal distributions given the student's, so that what
 * the student knows of them is bounded from below.
 *   distance = Σ over stages of ½ mean ((t − μ(s))² / σ² + ln σ²), μ three 1×1 convolutions with ReLUs between, σ² a value a channel
 * σ² = ln(1 + e^α) + ε with α learnt, at first σ² = 5, ε = 1e-5, as in the authors' code, which RepDistiller has too with a weight of 1.
 * It is a likelihood: values below 0 are good news. Deviation: the code pools the larger of two maps; here they are of one size.
 * A factor is the means and then the variances, [1, 1, 1, channels] each; means alone are compared at a variance of 1.
 * IE-VID (not defined by the paper; weights ours): distributions given a half of the channels; the likelihood has no bound, so exploration
 * minimises |cos| of mean and target, both divided by σ, in [0, 1].
 */
import { tf } from '../../../engine/tf';
import type { Variables } from '../../../engine/variables';
import { cosineMagnitude } from '../../../losses/cosine';
import { gaussianLikelihood } from '../../../losses/features/gaussianLikelihood';
import { constant, uniform } from '../../../models/layers/initial';
import { createVariables, planConvolution, type VariablePlan } from '../../../models/layers/variablePlan';
import { knownKeys, numberIn } from '../../../util/check';
import type { Factor, Matcher } from '../../matcher';
import { channelsOf, overLayers, plainTarget } from '../../parts/connectors';
import { type FeaturesOption, parseFeatures } from '../../parts/featureSelection';

/** Options of `vid`. */
export interface VidOptions {
  /** The maps that are matched; default `stages`. */
  readonly features?: FeaturesOption;
  /** σ² before training, in [0.001, 50]; default 5. */
  readonly variance?: number;
}

/** Names of the options of `vid`. */
export const VID_OPTIONS: readonly (keyof VidOptions)[] = ['features', 'variance'];

/** The least variance. */
const EPSILON = 1e-5;

/**
 * Variational information distillation (Ahn et al. 2019): the matcher `vid`, one teacher.
 *   distance = Σ over maps of ½ mean ((teacher − μ(student))² / σ² + ln σ²)
 * `match(vid())` weighs it by 1. @throws InputError for unknown options, and a variance outside [0.001, 50]
 *
 * @example
 * ```ts
 * import { match, vid } from 'iekd';
 * match(vid({ features: ['stage2', 'stage3'] }));
 * ```
 */
export function vid(options: VidOptions = {}): Matcher {
  knownKeys('vid', options, VID_OPTIONS);
  const { features = 'stages' } = options;
  const variance = numberIn('vid: variance', options.variance ?? 5, 1e-3, 50);
  return {
    name: 'vid',
    options: { features, variance },
    features: parseFeatures('vid: features', features),
    weights: { match: 1, inherit: 1, explore: 1 },
    teacherSide: (maps) => plainTarget(maps),
    studentSide(maps, target, random) {
      const channels = channelsOf(target);
      const plan = maps.flatMap((map, i) => planned(i, map.channels, channels[i] as number, variance));
      const variables = createVariables(plan, random);
      const factor = (x: readonly tf.Tensor4D[]): Factor => [
        ...x.map((map, i) => meanOf(map, i, variables)),
        ...x.map((_, i) => varianceOf(i, variables)),
      ];
      return { variables, factor };
    },
    distance: {
      of: (factor, target) =>
        overLayers(factor.slice(0, target.length), target, (mean, t, i) =>
          gaussianLikelihood(mean, t, factor[target.length + i]),
        ),
      reduction: 'mean over elements, sum over layers',
      sizeExponent: 0,
      repulsion: (factor, target) =>
        overLayers(factor.slice(0, target.length), target, (mean, t, i) => {
          const deviation = tf.sqrt(factor[target.length + i] ?? tf.scalar(1));
          return cosineMagnitude(tf.div(mean, deviation), tf.div(t, deviation));
        }),
    },
  };
}

/** As PyTorch starts convolutions: uniform within ±1 / √(fan in). */
function planned(layer: number, from: number, to: number, variance: number): VariablePlan[] {
  const convolution = (part: number, channels: number): VariablePlan =>
    planConvolution(`${layer}.conv${part}`, 1, channels, to, uniform(1 / Math.sqrt(channels)));
  const alpha = Math.log(Math.exp(variance - EPSILON) - 1);
  const scale = { name: `${layer}.log_scale`, shape: [to], trainable: true, initial: constant(alpha) };
  return [convolution(1, from), convolution(2, to), convolution(3, to), scale];
}

function meanOf(map: tf.Tensor4D, layer: number, variables: Variables): tf.Tensor4D {
  const convolved = (x: tf.Tensor4D, part: number): tf.Tensor4D =>
    tf.conv2d(x, variables.get(`${layer}.conv${part}.weight`) as tf.Tensor4D, 1, 'valid');
  return convolved(tf.relu(convolved(tf.relu(convolved(map, 1)), 2)), 3);
}

function varianceOf(layer: number, variables: Variables): tf.Tensor4D {
  const softplus = tf.log(tf.add(tf.exp(variables.get(`${layer}.log_scale`)), 1));
  return tf.reshape(tf.add(softplus, EPSILON), [1, 1, 1, -1]);
}
