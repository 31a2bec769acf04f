/**
 * Activation boundaries (Heo et al. 2019, AAAI): which neurons of a stage fire, not how strongly; maps before their ReLU.
 *   distance = Σ over layers of 2^(layer − last) · Σ over elements of the squared hinge with margin m, mean over the batch
 * (losses/boundary.ts), through a connector on the student, weighted by 3/1000. As in the authors' CIFAR code there are two stages:
 * the first has this loss alone, the second only the teacher's probabilities at T = 3, without T², which `second` can change to
 * labels. Deviations: their code has no connector where both networks are equally wide (`connector: 'differing'`), and keeps the
 * teacher in training mode in the first stage (`teacherMode: 'training'`). It leaves the length of that stage to the user: 30
 * epochs are RepDistiller's.
 * IE-AB (not defined by the paper; weights ours): the hinge has no bound, so exploration minimises, layer by layer, |cos| of the student's map
 * and the signs of the teacher's, in [0, 1]: at rest when as much of the map lies on the teacher's side of the boundaries as not.
 */
import { tf } from '../../../engine/tf';
import { boundaryDistance, boundarySign } from '../../../losses/boundary';
import { cosineMagnitude } from '../../../losses/cosine';
import { knownKeys, positive } from '../../../util/check';
import type { Matcher, SecondStage, TeacherMode } from '../../matcher';
import {
  type ConnectorPlace,
  channelsOf,
  connectorPlace,
  connectors,
  halvedLayers,
  overLayers,
  plainTarget,
} from '../../parts/connectors';
import { type FeaturesOption, parseFeatures } from '../../parts/featureSelection';
import { teacherModeNamed } from '../../parts/teacherMode';
import { twoStages } from '../../parts/twoStages';

/** Options of `ab`. */
export interface AbOptions {
  /** The maps that are matched; default `stages.pre`. */
  readonly features?: FeaturesOption;
  /** m, above 0; default 1. */
  readonly margin?: number;
  /** Where the student has connectors: `always` (default), `differing` or `never`. */
  readonly connector?: ConnectorPlace;
  /** How the teacher runs in the first stage: `evaluation` (default) or `training`. */
  readonly teacherMode?: TeacherMode;
  /** Epochs of the first stage; default 30; 0 trains the distance together with the labels. */
  readonly pretrain?: number;
  /** What trains the student after it; default `{ task: 0, soft: 1, temperature: 3 }`. */
  readonly second?: SecondStage;
}

/** Names of the options of `ab`. */
export const AB_OPTIONS: readonly (keyof AbOptions)[] = ['features', 'margin', 'connector', 'teacherMode', 'pretrain', 'second'];

/**
 * Activation boundaries (Heo et al. 2019, AAAI): the matcher `ab`, one teacher, two stages.
 *   distance = Σ over maps of 2^(map − last) · squared hinge of the connected student map, labels the signs of the teacher's
 * `match(ab())` weighs it by 0.003. @throws InputError for unknown options, and a margin that is not above 0
 *
 * @example
 * ```ts
 * import { ab, match } from 'iekd';
 * match(ab({ pretrain: 30, second: { task: 1, soft: 0 } })); // 30 epochs by boundaries alone, then by labels
 * ```
 */
export function ab(options: AbOptions = {}): Matcher {
  knownKeys('ab', options, AB_OPTIONS);
  const { features = 'stages.pre', margin = 1 } = options;
  positive('ab: margin', margin);
  const connector = connectorPlace('ab: connector', options.connector ?? 'always');
  const teacherMode = teacherModeNamed('ab: teacherMode', options.teacherMode ?? 'evaluation');
  const stages = twoStages('ab', options.pretrain ?? 30, options.second ?? {}, { task: 0, soft: 1, temperature: 3 });
  return {
    name: 'ab',
    options: { features, margin, connector, teacherMode, ...stages },
    frozenTeacher: { options: ['teacherMode'] },
    features: parseFeatures('ab: features', features),
    teacherMode,
    stages,
    weights: { match: 0.003, inherit: 0.003, explore: 1 },
    // The nearest map without loss, so that a map equal to its target is at the minimum.
    teacherSide: (maps) => plainTarget(maps, (x) => x.map((map) => tf.mul(boundarySign(map), margin))),
    studentSide: (maps, target, random) => connectors('ab', maps, channelsOf(target), random, { place: connector }),
    distance: {
      of: (factor, target) => halvedLayers(factor, target, (a, b) => boundaryDistance(a, b, margin)),
      reduction: 'sum over elements, mean over batch, halved a layer from the last',
      sizeExponent: 1,
      repulsion: (factor, target) => overLayers(factor, target, cosineMagnitude),
    },
  };
}
