/**
 * Overhaul distillation (Heo et al. 2019, ICCV): maps before their ReLU, what does not fire counting as little as it says.
 *   target = max(teacher, margin), margin by channel the mean of the negative part that the teacher's last batch norm implies
 *   distance = Σ over layers of 2^(layer − last) · Σ over elements of the partial L2, mean over the batch
 * through a connector on the student (1×1 convolution, batch norm), weighted by 1/1000 as in the authors' code, whose author
 * advises 1/10000 for a ResNet-20 from a ResNet-56. Of a residual block the last batch norm is taken, before the sum, as there.
 * Deviation: the authors keep the teacher in training mode, on purpose; here it is in evaluation mode by default, and in training
 * mode (`teacherMode`) it normalises by each batch's moments while its stored statistics, which theirs move, stay as they are.
 * IE-OD (not defined by the paper; weights ours): the distance has no bound, so exploration minimises, layer by layer, a bounded function:
 *   `normalised` (default): 1 − partial L2 of the L2-normalised maps / 4, in [0, 1];  `cosine`: |cos| of both, in [0, 1]
 */
import { normalizeRows } from '../../../engine/fused/normalizeRows';
import { tf } from '../../../engine/tf';
import { cosineMagnitude } from '../../../losses/cosine';
import { flatten } from '../../../losses/normalisedDistance';
import { partialL2 } from '../../../losses/partialL2';
import type { FeatureInfo, Network } from '../../../models/types';
import { knownKeys, pick, refusePhrase } from '../../../util/check';
import type { Matcher, TeacherMode, TeacherSide } from '../../matcher';
import { channelsOf, connectors, halvedLayers, overLayers, plainTarget } from '../../parts/connectors';
import { type FeaturesOption, parseFeatures } from '../../parts/featureSelection';
import { negativeMean } from '../../parts/odMargin';
import { teacherModeNamed } from '../../parts/teacherMode';

/** Options of `od`. */
export interface OdOptions {
  /** The maps that are matched, each made by a batch norm; default `stages.pre`. */
  readonly features?: FeaturesOption;
  /** How the exploration branch is pushed away under `ie`: `normalised` (default) or `cosine`. */
  readonly repulsion?: string;
  /** How the teacher runs: `evaluation` (default) or `training`, the authors' choice. */
  readonly teacherMode?: TeacherMode;
}

/** Names of the options of `od`. */
export const OD_OPTIONS: readonly (keyof OdOptions)[] = ['features', 'repulsion', 'teacherMode'];

/** ‖a − b‖² of maps of length 1 is at most 4. */
const REPULSIONS: Readonly<Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Scalar>> = {
  normalised: (a, b) => tf.sub<tf.Scalar>(1, tf.div(partialL2(normalizeRows(flatten(a)), normalizeRows(flatten(b))), 4)),
  cosine: cosineMagnitude,
};

/**
 * Overhaul distillation (Heo et al. 2019, ICCV): the matcher `od`, one frozen teacher.
 *   distance = Σ over maps of 2^(map − last) · partial L2 of the connected student map and max(teacher, margin)
 * `match(od())` weighs it by 0.001. @throws InputError for unknown options; when bound, for teacher maps that no batch norm made
 *
 * @example
 * ```ts
 * import { match, od } from 'iekd';
 * match(od({ teacherMode: 'training' }), { weight: 0.0001 }); // the authors' advice for ResNet-56 → ResNet-20
 * ```
 */
export function od(options: OdOptions = {}): Matcher {
  knownKeys('od', options, OD_OPTIONS);
  const { features = 'stages.pre', repulsion = 'normalised' } = options;
  const teacherMode = teacherModeNamed('od: teacherMode', options.teacherMode ?? 'evaluation');
  const push = pick('od: repulsion', REPULSIONS, repulsion);
  return {
    name: 'od',
    options: { features, repulsion, teacherMode },
    frozenTeacher: { required: true },
    features: parseFeatures('od: features', features),
    teacherMode,
    weights: { match: 0.001, inherit: 0.001, explore: 1 },
    teacherSide: (maps, teacher) => marginTarget(maps, teacher),
    studentSide: (maps, target, random) => connectors('od', maps, channelsOf(target), random),
    distance: {
      of: (factor, target) => halvedLayers(factor, target, partialL2),
      reduction: 'sum over elements, mean over batch, halved a layer from the last',
      sizeExponent: 1,
      repulsion: (factor, target) => overLayers(factor, target, push),
    },
  };
}

/** The teacher's maps, no value below its channel's margin. @throws InputError where no batch norm gives one */
function marginTarget(maps: readonly FeatureInfo[], { name: teacher, features, variables }: Network): TeacherSide {
  const margins = maps.map(({ name, batchNorm }) => {
    if (batchNorm === undefined) {
      const those = features.filter((info) => info.batchNorm !== undefined && !info.activated).map((info) => info.name);
      const hint = those.length > 0 ? `its maps of that kind are ${those.join(', ')}` : 'it has no such map';
      throw refusePhrase('od', 'a map of the teacher that one batch norm made and a ReLU cuts', `${name} of ${teacher}`, hint);
    }
    const [means, scales] = ['bias', 'weight'].map((part) => variables.get(`${batchNorm}.${part}`).dataSync());
    return Array.from(means as Float32Array, (mean, i) => negativeMean(mean, (scales as Float32Array)[i] as number));
  });
  return plainTarget(maps, (x) => x.map((map, i) => tf.maximum(map, tf.tensor1d(margins[i] as number[]))));
}
