/**
 * Semantic calibration (Chen et al. 2021, AAAI): each of the student's layers learns from all of the teacher's, weighed by attention.
 *   distance = mean over images and student layers s of Σ over teacher layers t of α(s, t) · mean (r_st(S_s) − T_t)²
 *   α = softmax over t of query_s · key_t, both of length 1, made by two linear layers of the rows of X Xᵀ, the similarities of an image to
 *   those of its batch, of the student's and of the teacher's map
 * r_st: 1×1, 3×3 and 1×1 convolutions, batch norms and ReLUs between, over twice the teacher's channels; the larger of two maps is pooled to
 * the size of the smaller. The weight of 400 is the authors' for CIFAR-100. Deviation: their linear layers are as wide as the batch, which
 * may not change then; here they see the similarities to the first `images` of a batch (64, their batch), zeros where there are fewer.
 * IE-SemCKD (not defined by the paper; weights ours): each half has attention and regressors of its own; the distance has no bound, so
 * exploration minimises the mean of Σ α |cos| of regressed and teacher's map, in [0, 1].
 */
import { normalizeRows } from '../../../engine/fused/normalizeRows';
import { tf } from '../../../engine/tf';
import type { Variables } from '../../../engine/variables';
import { adaptiveAveragePool } from '../../../losses/features/resampling';
import { flatten } from '../../../losses/normalisedDistance';
import { convNorm } from '../../../models/layers/functional';
import { uniform } from '../../../models/layers/initial';
import {
  createVariables,
  planBatchNorm,
  planConvolution,
  planLinear,
  type VariablePlan,
} from '../../../models/layers/variablePlan';
import { integerIn, knownKeys } from '../../../util/check';
import type { Factor, Matcher } from '../../matcher';
import { channelsOf, plainTarget } from '../../parts/connectors';
import { type FeaturesOption, parseFeatures } from '../../parts/featureSelection';

/** Options of `semCkd`. */
export interface SemCkdOptions {
  /** The layers of both networks; default `stages`. */
  readonly features?: FeaturesOption;
  /** To how many images of a batch the similarities of an image are looked at, from 4; default 64. */
  readonly images?: number;
}

/** Names of the options of `sem-ckd`. */
export const SEM_CKD_OPTIONS: readonly (keyof SemCkdOptions)[] = ['features', 'images'];

/** Queries and keys have so many times fewer values than the similarities they are made of. */
const NARROWING = 4;

/**
 * Semantic calibration (Chen et al. 2021): the matcher `sem-ckd`, one teacher.
 *   distance = mean over images and student layers of Σ over teacher layers of attention · mean (regressed − teacher's map)²
 * `match(semCkd())` weighs it by 400. @throws InputError for unknown options, and fewer than 4 images
 *
 * @example
 * ```ts
 * import { match, semCkd } from 'iekd';
 * match(semCkd({ features: ['stage2', 'stage3'], images: 128 })); // two layers each, batches of 128
 * ```
 */
export function semCkd(options: SemCkdOptions = {}): Matcher {
  const name = 'sem-ckd';
  knownKeys(name, options, SEM_CKD_OPTIONS);
  const { features = 'stages' } = options;
  const images = integerIn(`${name}: images`, options.images ?? 64, 4);
  return {
    name,
    options: { features, images },
    features: parseFeatures(`${name}: features`, features),
    weights: { match: 400, inherit: 400, explore: 1 },
    teacherSide: (maps) => plainTarget(maps),
    studentSide(maps, target, random) {
      const channels = channelsOf(target);
      const variables = createVariables(
        planned(
          maps.map((map) => map.channels),
          channels,
          images,
        ),
        random,
      );
      return {
        variables,
        factor: (x, training, { target: theirs = x } = { target: x }) =>
          calibrated(x, theirs as readonly tf.Tensor4D[], { variables, training, images }),
      };
    },
    distance: {
      of: (factor, target) => weighed(factor, target, (a, b) => tf.mean(tf.square(tf.sub(a, b)), 1)),
      reduction: 'mean over elements, images and layers of the student, attention over layers of the teacher',
      sizeExponent: 0,
      repulsion: (factor, target) =>
        weighed(factor, target, (a, b) => tf.abs(tf.sum(tf.mul(normalizeRows(a), normalizeRows(b)), 1))),
    },
  };
}

function planned(from: readonly number[], to: readonly number[], images: number): VariablePlan[] {
  const width = Math.floor(images / NARROWING);
  const embed = (name: string): VariablePlan[] => [
    ...planLinear(`${name}.linear1`, images, 2 * width),
    ...planLinear(`${name}.linear2`, 2 * width, width),
  ];
  const convolution = (name: string, size: number, a: number, b: number): VariablePlan =>
    planConvolution(name, size, a, b, uniform(1 / Math.sqrt(size * size * a)));
  const regressor = (name: string, a: number, b: number): VariablePlan[] => [
    convolution(`${name}.conv1`, 1, a, 2 * b),
    ...planBatchNorm(`${name}.bn1`, 2 * b),
    convolution(`${name}.conv2`, 3, 2 * b, 2 * b),
    ...planBatchNorm(`${name}.bn2`, 2 * b),
    convolution(`${name}.conv3`, 1, 2 * b, b),
  ];
  return [
    ...from.flatMap((_, i) => embed(`query${i}`)),
    ...to.flatMap((_, j) => embed(`key${j}`)),
    ...from.flatMap((a, i) => to.flatMap((b, j) => regressor(`regressor${i}_${j}`, a, b))),
  ];
}

interface Calibration {
  readonly variables: Variables;
  readonly training: boolean;
  readonly images: number;
}

/** What each student layer makes of each teacher layer, row by row, and last the attention, [batch, student layers, teacher layers]. */
function calibrated(own: readonly tf.Tensor4D[], theirs: readonly tf.Tensor4D[], calibration: Calibration): Factor {
  const queries = own.map((map, i) => embedded(map, `query${i}`, calibration));
  const keys = theirs.map((map, j) => embedded(map, `key${j}`, calibration));
  const energy = tf.matMul(tf.stack(queries, 1) as tf.Tensor3D, tf.stack(keys, 1) as tf.Tensor3D, false, true);
  const values = own.flatMap((map, i) => theirs.map((other, j) => regressed(map, other, `regressor${i}_${j}`, calibration)));
  return [...values, tf.softmax(energy)];
}

/** Of length 1, [batch, width]. */
function embedded(map: tf.Tensor4D, name: string, { variables, images }: Calibration): tf.Tensor2D {
  const linear = (x: tf.Tensor2D, layer: string): tf.Tensor2D => {
    const weight = variables.get(`${name}.${layer}.weight`) as tf.Tensor2D;
    return tf.add(tf.matMul(x, weight), variables.get(`${name}.${layer}.bias`));
  };
  const rows = flatten(map);
  const similar = tf.matMul(rows, rows, false, true); // [batch, batch]
  const count = similar.shape[0];
  const more: [number, number] = [0, Math.max(images - count, 0)];
  const columns = count > images ? tf.slice(similar, [0, 0], [count, images]) : tf.pad(similar, [[0, 0], more]);
  return normalizeRows(linear(tf.relu(linear(columns as tf.Tensor2D, 'linear1')), 'linear2'));
}

function regressed(map: tf.Tensor4D, other: tf.Tensor4D, name: string, context: Calibration): tf.Tensor4D {
  const [height, width] = [Math.min(map.shape[1], other.shape[1]), Math.min(map.shape[2], other.shape[2])];
  const first = convNorm(adaptiveAveragePool(map, height, width), layer(name, 1), context);
  const last = context.variables.get(`${name}.conv3.weight`) as tf.Tensor4D;
  return tf.conv2d(convNorm(first, layer(name, 2), context), last, 1, 'valid');
}

const layer = (name: string, number: number) => ({ conv: `${name}.conv${number}`, norm: `${name}.bn${number}`, slope: 0 });

/**
 * Mean over images and student layers of Σ over teacher layers of attention · compared; factors without an attention of their own are
 * compared with the teacher's layer of their number.
 */
function weighed(factor: Factor, target: Factor, compared: (a: tf.Tensor2D, b: tf.Tensor2D) => tf.Tensor1D): tf.Scalar {
  const each = (value: tf.Tensor, j: number): tf.Tensor1D => {
    const map = target[j] as tf.Tensor4D;
    const other = value.rank === 4 ? adaptiveAveragePool(map, value.shape[1] as number, value.shape[2] as number) : map;
    return compared(flatten(value), flatten(other));
  };
  const count = target.length;
  if (factor.length === count) return tf.mean(tf.stack(factor.map(each)));
  const [batch, layers] = (factor.at(-1) as tf.Tensor3D).shape as [number, number, number];
  const values = factor.slice(0, -1).map((value, k) => each(value, k % count));
  const attention = tf.reshape(factor.at(-1) as tf.Tensor, [batch, layers * count]);
  return tf.div(tf.sum<tf.Scalar>(tf.mul(attention, tf.stack(values, 1))), batch * layers);
}
