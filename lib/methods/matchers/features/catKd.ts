/**
 * Class attention transfer (Guo et al. 2023): where each class is seen.
 *   distance = mean over images, classes and places of (A_S / ‖A_S‖ − A_T / ‖A_T‖)², A = Σ over channels of w[channel, class] · map, pooled
 * A, the class activation maps, come from each network's own linear classifier, without its bias, pooled by averages to 2×2; each is of
 * length 1 over its places. The authors' configurations normalise for pairs of unlike networks, with weights from 2 to 400, and for alike
 * ones do not (`normalise: false`, ResNet-56 → ResNet-20 with 0.7); the default weight of 15 is theirs for VGG-13 → MobileNet v2. They add
 * the bias, the paper does not. The gradient reaches the student's classifier, too; the teacher's is a constant.
 * It asks for networks that end in the mean over positions and one linear layer, and for teacher and student of one number of classes.
 * IE-CAT-KD (not defined by the paper; weights ours): the maps of a half are made of its channels and their rows of the classifier; exploration
 * minimises |cos| of both networks' maps, all classes together, in [0, 1].
 */
import { stopGradient } from '../../../engine/detached';
import { normalizeRows } from '../../../engine/fused/normalizeRows';
import { tf } from '../../../engine/tf';
import { meanSquare } from '../../../losses/attention';
import { cosineMagnitude } from '../../../losses/cosine';
import { adaptiveAveragePool } from '../../../losses/features/resampling';
import type { FeatureInfo } from '../../../models/types';
import { booleanIn, integerIn, knownKeys, refusePhrase } from '../../../util/check';
import type { Factor, Matcher } from '../../matcher';
import { classifierOf } from '../../parts/classifier';
import { fixedFactor, fixedTarget, overLayers } from '../../parts/connectors';
import { parseFeature } from '../../parts/featureSelection';

/** Options of `catKd`. */
export interface CatKdOptions {
  /** Places of a side that maps are pooled to, from 1; default 2. */
  readonly resolution?: number;
  /** Whether each class's map is divided by its length; default true, the paper's. */
  readonly normalise?: boolean;
}

/** Names of the options of `cat-kd`. */
export const CAT_KD_OPTIONS: readonly (keyof CatKdOptions)[] = ['resolution', 'normalise'];

/** Length below which a class's map has none of 1. */
const FLOOR = 1e-6;

/**
 * Class attention transfer (Guo et al. 2023): the matcher `cat-kd`, one teacher; both networks with a linear classifier; maps may differ in
 * size and channels.
 *   distance = mean over elements of (A_student − A_teacher)², A the pooled class activation maps, of length 1 each
 * `match(catKd())` weighs it by 15. @throws InputError for unknown options, and a resolution below 1; when bound, for other classifiers
 *
 * @example
 * ```ts
 * import { catKd, match } from 'iekd';
 * match(catKd()); // as the paper has it
 * match(catKd({ normalise: false }), { weight: 0.7 }); // the authors' ResNet-56 → ResNet-20
 * ```
 */
export function catKd(options: CatKdOptions = {}): Matcher {
  const name = 'cat-kd';
  knownKeys(name, options, CAT_KD_OPTIONS);
  const resolution = integerIn(`${name}: resolution`, options.resolution ?? 2, 1);
  const normalise = booleanIn(`${name}: normalise`, options.normalise ?? true);
  const attend = (map: tf.Tensor4D, weight: tf.Tensor2D): Factor => [pooledMaps(map, weight, resolution, normalise)];
  return {
    name,
    options: { resolution, normalise },
    features: parseFeature(`${name}: feature`, 'last'),
    anySize: true,
    weights: { match: 15, inherit: 15, explore: 1 },
    teacherSide(maps, teacher) {
      const [map] = maps as [FeatureInfo];
      const { weight } = classifierOf(name, teacher, map);
      return fixedTarget([[resolution, resolution, teacher.classes]], ([x]) => attend(x as tf.Tensor4D, stopGradient(weight())));
    },
    studentSide(maps, target, _random, { network, channels }) {
      const classes = target.shapes[0]?.[2] as number;
      if (network.classes !== classes) {
        throw refusePhrase(name, `a student of the teacher's ${classes} classes`, `${network.name} with ${network.classes}`);
      }
      const { weight } = classifierOf(name, network, maps[0] as FeatureInfo);
      const rows = (): tf.Tensor2D => (channels ? chosenRows(weight(), channels(0)) : weight());
      return fixedFactor(([x]) => attend(x as tf.Tensor4D, rows()));
    },
    distance: {
      of: (factor, target) => overLayers(factor, target, meanSquare),
      reduction: 'mean over elements',
      sizeExponent: 0,
      repulsion: (factor, target) => overLayers(factor, target, cosineMagnitude),
    },
  };
}

/** [batch, resolution, resolution, classes]; pooling first gives the same, since both are linear, and costs less. */
function pooledMaps(map: tf.Tensor4D, weight: tf.Tensor2D, resolution: number, normalise: boolean): tf.Tensor4D {
  const pooled = adaptiveAveragePool(map, resolution, resolution);
  const [batch, height, width, channels] = pooled.shape;
  const classes = weight.shape[1];
  const maps = tf.matMul(tf.reshape(pooled, [batch * height * width, channels]), weight);
  const places = tf.reshape(maps, [batch, height, width, classes]) as tf.Tensor4D;
  if (!normalise) return places;
  const rows = tf.reshape(tf.transpose(places, [0, 3, 1, 2]), [batch * classes, height * width]) as tf.Tensor2D;
  const unit = tf.reshape(normalizeRows(rows, FLOOR), [batch, classes, height, width]);
  return tf.transpose(unit, [0, 2, 3, 1]) as tf.Tensor4D;
}

/** Rows of a matrix by a product with ones and zeros, which every engine has fast and with a gradient. */
function chosenRows(weight: tf.Tensor2D, rows: readonly number[]): tf.Tensor2D {
  const [count] = weight.shape;
  const ones = new Float32Array(rows.length * count);
  for (const [i, row] of rows.entries()) ones[i * count + row] = 1;
  return tf.matMul(tf.tensor2d(ones, [rows.length, count]), weight);
}
