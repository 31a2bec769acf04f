/**
 * Masked generative distillation (Yang et al. 2022): from what is left of the student's map its generator makes the teacher's.
 *   distance = Σ over elements of (teacher − G(mask · student))² / batch, G = 3×3 convolution, ReLU, 3×3 convolution, all with biases
 * In the authors' code for classification whole channels are masked, with probability λ = 0.15, and the weight is 7e-5; for detection positions
 * (`mask: 'positions'`), λ = 0.65 and 2e-5. Where channel counts differ, a 1×1 convolution with a bias comes before the mask. A mask is
 * drawn from each step's own random numbers, so a resumed run draws the same; in evaluation mode nothing is masked. A step that draws
 * cannot be captured, and the run says so.
 * IE-MGD (not defined by the paper; weights ours): each half has a generator and masks of its own; the distance has no bound, so exploration
 * minimises |cos| of the generated and the teacher's map, in [0, 1].
 */
import { tf } from '../../../engine/tf';
import type { Variables } from '../../../engine/variables';
import { cosineMagnitude } from '../../../losses/cosine';
import { uniform } from '../../../models/layers/initial';
import { createVariables, planConvolution, type VariablePlan } from '../../../models/layers/variablePlan';
import type { FeatureInfo } from '../../../models/types';
import { knownKeys, numberIn, pick, refuse, sameShape } from '../../../util/check';
import type { Random } from '../../../util/rng';
import type { Matcher } from '../../matcher';
import { channelsOf, overLayers, plainTarget } from '../../parts/connectors';
import { type FeatureOption, parseFeature } from '../../parts/featureSelection';

/** What is masked as one. */
export type MgdMask = 'channels' | 'positions';

/** Options of `mgd`. */
export interface MgdOptions {
  /** The map that is matched; default `last`. */
  readonly feature?: FeatureOption;
  /** λ, the probability that a channel or position is masked, in [0, 0.95]; default 0.15. */
  readonly masked?: number;
  /** `channels` (default, the authors' for classification) or `positions` (for detection). */
  readonly mask?: MgdMask;
}

/** Names of the options of `mgd`. */
export const MGD_OPTIONS: readonly (keyof MgdOptions)[] = ['feature', 'masked', 'mask'];

const MASKS: Readonly<Record<MgdMask, (shape: tf.Tensor4D['shape']) => tf.Tensor4D['shape']>> = {
  channels: ([batch, , , channels]) => [batch, 1, 1, channels],
  positions: ([batch, height, width]) => [batch, height, width, 1],
};

/**
 * Masked generative distillation (Yang et al. 2022): the matcher `mgd`, one teacher.
 *   distance = sum over elements, mean over the batch, of (teacher − G(mask · student))², G two 3×3 convolutions
 * `match(mgd())` weighs it by 7e-5. @throws InputError for unknown options, and λ outside [0, 0.95]
 *
 * @example
 * ```ts
 * import { match, mgd } from 'iekd';
 * match(mgd()); // as the authors' code for classification
 * match(mgd({ mask: 'positions', masked: 0.65 }), { weight: 2e-5 }); // as that for detection
 * ```
 */
export function mgd(options: MgdOptions = {}): Matcher {
  knownKeys('mgd', options, MGD_OPTIONS);
  const { feature = 'last', mask = 'channels' } = options;
  const masked = numberIn('mgd: masked', options.masked ?? 0.15, 0, 0.95);
  const shapeOfMask = pick('mgd: mask', MASKS, mask);
  return {
    name: 'mgd',
    options: { feature, masked, mask },
    features: parseFeature('mgd: feature', feature),
    weights: { match: 7e-5, inherit: 7e-5, explore: 1 },
    teacherSide: (maps) => plainTarget(maps),
    studentSide(maps, target, random) {
      const [from, [to]] = [(maps[0] as FeatureInfo).channels, channelsOf(target) as [number]];
      const variables = createVariables(planned(from, to), random);
      return {
        variables,
        factor([map], training, step) {
          const aligned = from === to ? (map as tf.Tensor4D) : convolved(map as tf.Tensor4D, 'align', variables);
          const draws = training ? step?.random : undefined;
          const left = draws && masked > 0 ? tf.mul(aligned, kept(shapeOfMask(aligned.shape), masked, draws)) : aligned;
          return [convolved(tf.relu(convolved(left as tf.Tensor4D, 'conv1', variables)), 'conv2', variables)];
        },
      };
    },
    distance: {
      of: (factor, target) => overLayers(factor, target, squaresAnImage),
      reduction: 'sum over elements, mean over batch',
      sizeExponent: 1,
      repulsion: (factor, target) => overLayers(factor, target, cosineMagnitude),
    },
  };
}

/** As PyTorch starts convolutions: weights and biases uniform within ±1 / √(fan in). */
function planned(from: number, to: number): VariablePlan[] {
  const convolution = (name: string, size: number, channels: number): VariablePlan[] => {
    const start = uniform(1 / Math.sqrt(size * size * channels));
    return [
      planConvolution(name, size, channels, to, start),
      { name: `${name}.bias`, shape: [to], trainable: true, initial: start },
    ];
  };
  return [...(from === to ? [] : convolution('align', 1, from)), ...convolution('conv1', 3, to), ...convolution('conv2', 3, to)];
}

function convolved(x: tf.Tensor4D, name: string, variables: Variables): tf.Tensor4D {
  const filter = variables.get(`${name}.weight`) as tf.Tensor4D;
  return tf.add(tf.conv2d(x, filter, 1, 'same'), variables.get(`${name}.bias`));
}

/** 0 with probability `ratio`, else 1. */
function kept(shape: tf.Tensor4D['shape'], ratio: number, random: Random): tf.Tensor4D {
  const stream = random.stream('mask');
  const count = shape.reduce((product, n) => product * n, 1);
  return tf.tensor4d(
    Float32Array.from({ length: count }, () => Number(stream.uniform() >= ratio)),
    shape,
  );
}

function squaresAnImage(a: tf.Tensor, b: tf.Tensor): tf.Scalar {
  if (!sameShape(a.shape, b.shape)) throw refuse('mgd', `a map of shape ${JSON.stringify(b.shape)}`, a.shape);
  return tf.div<tf.Scalar>(tf.sum(tf.square(tf.sub(a, b))), a.shape[0] as number);
}
