/**
 * Knowledge review (Chen et al. 2021): each of the teacher's levels teaches the student's levels up to the same depth.
 *   distance = Σ over levels of HCL(f_l, teacher_l), f_l = ABF(student_l, f of the next deeper level), from the deepest up
 * ABF (attention based fusion): 1×1 convolution and batch norm to as many channels as the deepest map has, 512 at most; from the deeper
 * level, resized by nearest neighbours, and this one two attention maps (1×1 convolution, sigmoid) weigh their sum; a 3×3 convolution and
 * batch norm lead to the teacher's channels. HCL compares at several sizes (losses/features/hierarchicalContext.ts). Levels are the stages'
 * maps before their ReLU and, deepest of all, the embedding (mean over positions after it), as in the authors' code for CIFAR.
 * The weight of 0.6 is that code's for ResNet-56 → ResNet-20; it rises over 20 epochs there, which a schedule of `weight` can say.
 * IE-ReviewKD (not defined by the paper; weights ours): each half has fusions of its own over its channels; the distance has no bound, so
 * exploration minimises |cos| of fused and teacher's map, level by level.
 */

import { globalAveragePool } from '../../../engine/fused/globalAveragePool';
import { leakyRelu } from '../../../engine/fused/leakyRelu';
import { tf } from '../../../engine/tf';
import type { Variables } from '../../../engine/variables';
import { cosineMagnitude } from '../../../losses/cosine';
import { hierarchicalContext } from '../../../losses/features/hierarchicalContext';
import { nearestResize } from '../../../losses/features/resampling';
import { convNorm } from '../../../models/layers/functional';
import { uniform } from '../../../models/layers/initial';
import { createVariables, planBatchNorm, planConvolution, type VariablePlan } from '../../../models/layers/variablePlan';
import type { FeatureInfo } from '../../../models/types';
import { booleanIn, knownKeys } from '../../../util/check';
import type { Factor, Matcher } from '../../matcher';
import { fixedTarget, overLayers } from '../../parts/connectors';
import { type FeaturesOption, parseFeatures } from '../../parts/featureSelection';

/** Options of `reviewKd`. */
export interface ReviewKdOptions {
  /** The maps that are matched, from the first to the deepest; default `stages.pre`. */
  readonly features?: FeaturesOption;
  /** Whether the embedding, the mean over positions of the deepest map, is a level of its own; default true. */
  readonly embedding?: boolean;
}

/** Names of the options of `review-kd`. */
export const REVIEW_KD_OPTIONS: readonly (keyof ReviewKdOptions)[] = ['features', 'embedding'];

/** Channels of what is fused, at most. */
const MOST_CHANNELS = 512;

/**
 * Knowledge review (Chen et al. 2021): the matcher `review-kd`, one teacher.
 *   distance = Σ over levels of HCL(ABF(student's level, all deeper ones), teacher's level)
 * `match(reviewKd())` weighs it by 0.6. @throws InputError for unknown options
 *
 * @example
 * ```ts
 * import { match, reviewKd } from 'iekd';
 * match(reviewKd(), { weight: { kind: 'linear', base: 0.6, floor: 0.6, warmUp: { epochs: 20 } } }); // as the authors' code
 * ```
 */
export function reviewKd(options: ReviewKdOptions = {}): Matcher {
  const name = 'review-kd';
  knownKeys(name, options, REVIEW_KD_OPTIONS);
  const { features = 'stages.pre' } = options;
  const embedding = booleanIn(`${name}: embedding`, options.embedding ?? true);
  const levels = (maps: readonly tf.Tensor4D[]): tf.Tensor4D[] => (embedding ? [...maps, deepest(maps)] : [...maps]);
  return {
    name,
    options: { features, embedding },
    features: parseFeatures(`${name}: features`, features),
    weights: { match: 0.6, inherit: 0.6, explore: 1 },
    teacherSide: (maps) =>
      fixedTarget(
        sizes(maps, embedding).map(({ height, width, channels }) => [height, width, channels]),
        levels,
      ),
    studentSide(maps, { shapes }, random) {
      const own = sizes(maps, embedding);
      const middle = Math.min(MOST_CHANNELS, own.at(-1)?.channels as number);
      const plan = own.flatMap((map, i) => fusionPlan(i, map.channels, middle, shapes[i]?.[2] as number, i < own.length - 1));
      const variables = createVariables(plan, random);
      return { variables, factor: (x, training) => review(levels(x), variables, training) };
    },
    distance: {
      of: (factor, target) => overLayers(factor, target, hierarchicalContext),
      reduction: 'mean over elements and sizes, sum over levels',
      sizeExponent: 0,
      repulsion: (factor, target) => overLayers(factor, target, cosineMagnitude),
    },
  };
}

/** The mean over positions of the deepest map after a ReLU, as a map of one position. */
function deepest(maps: readonly tf.Tensor4D[]): tf.Tensor4D {
  const mean = globalAveragePool(leakyRelu(maps.at(-1) as tf.Tensor4D, 0));
  return tf.reshape(mean, [mean.shape[0], 1, 1, mean.shape[1]]);
}

type Size = Pick<FeatureInfo, 'height' | 'width' | 'channels'>;

function sizes(maps: readonly FeatureInfo[], embedding: boolean): Size[] {
  const last = maps.at(-1) as FeatureInfo;
  return embedding ? [...maps, { height: 1, width: 1, channels: last.channels }] : [...maps];
}

/** Convolutions start within ±√(3 / fan in) as in the authors' code, attention as PyTorch starts it. */
function fusionPlan(level: number, from: number, middle: number, to: number, fuses: boolean): VariablePlan[] {
  const start = (fanIn: number) => uniform(Math.sqrt(3 / fanIn));
  const attention = uniform(1 / Math.sqrt(2 * middle));
  return [
    planConvolution(`${level}.conv1`, 1, from, middle, start(from)),
    ...planBatchNorm(`${level}.bn1`, middle),
    planConvolution(`${level}.conv2`, 3, middle, to, start(9 * middle)),
    ...planBatchNorm(`${level}.bn2`, to),
    ...(fuses
      ? [
          planConvolution(`${level}.attention`, 1, 2 * middle, 2, attention),
          { name: `${level}.attention.bias`, shape: [2], trainable: true, initial: attention },
        ]
      : []),
  ];
}

/** From the deepest level up: what each level says with all deeper ones. */
function review(levels: readonly tf.Tensor4D[], variables: Variables, training: boolean): Factor {
  const context = { variables, training };
  const results: tf.Tensor4D[] = [];
  let deeper: tf.Tensor4D | undefined;
  for (let i = levels.length - 1; i >= 0; i--) {
    const own = convNorm(levels[i] as tf.Tensor4D, { conv: `${i}.conv1`, norm: `${i}.bn1` }, context);
    deeper = deeper ? fused(own, deeper, i, variables) : own;
    results.unshift(convNorm(deeper, { conv: `${i}.conv2`, norm: `${i}.bn2` }, context));
  }
  return results;
}

/** x · z_1 + y · z_2, z two attention maps of both. */
function fused(x: tf.Tensor4D, deeper: tf.Tensor4D, level: number, variables: Variables): tf.Tensor4D {
  const [, height, width] = x.shape;
  const y = nearestResize(deeper, height, width);
  const filter = variables.get(`${level}.attention.weight`) as tf.Tensor4D;
  const logits = tf.add(tf.conv2d(tf.concat([x, y], 3), filter, 1, 'valid'), variables.get(`${level}.attention.bias`));
  const [own, theirs] = tf.split(sigmoid(logits as tf.Tensor4D), 2, 3) as [tf.Tensor4D, tf.Tensor4D];
  return tf.add(tf.mul(x, own), tf.mul(y, theirs));
}

/** The first of softmax(x, 0): stable, and of kernels that the fast engine has. */
function sigmoid(x: tf.Tensor4D): tf.Tensor4D {
  const column = tf.reshape(x, [x.size, 1]);
  const [first] = tf.split(tf.softmax(tf.concat([column, tf.zerosLike(column)], 1)), 2, 1);
  return tf.reshape(first as tf.Tensor, x.shape);
}
