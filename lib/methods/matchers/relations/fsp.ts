/**
 * The flow of a solution procedure (Yim et al. 2017): how the channels at the two ends of a section of a network go together.
 *   G = Gram matrix of a section's first and last map (losses/gram.ts), the larger map max-pooled to the size of the smaller
 *   distance = Σ over sections of mean over elements of (G_student − G_teacher)²
 * Two stages, as in the paper: the first has this loss alone, the second trains by labels. The first one's 30 epochs, its weight of
 * 1 and the mean over elements are RepDistiller's, which pools by averages (`pooling`). From memory, unconfirmed: that the paper
 * pools by maxima.
 * Deviation: a section leads from one stage's output to the next one's, so three stages make two sections; RepDistiller adds one
 * from the stem to the first stage. Gram matrices must have one shape, and RepDistiller refuses networks of unequal widths; here,
 * where channel counts differ, the student's map first passes a connector (1×1 convolution, batch norm, ReLU), or is refused
 * (`connector: 'never'`).
 * IE-FSP (not defined by the paper; weights ours): every map is split, and each branch has connectors to the teacher's channels and Gram
 * matrices of its own. The distance has no bound, so exploration minimises |cos| of both matrices, in [0, 1], section by section.
 */
import type { tf } from '../../../engine/tf';
import { meanSquare } from '../../../losses/attention';
import { cosineMagnitude } from '../../../losses/cosine';
import { gram, type Pooling, poolingNamed } from '../../../losses/gram';
import type { FeatureInfo } from '../../../models/types';
import { knownKeys, refusePhrase } from '../../../util/check';
import type { Matcher, SecondStage } from '../../matcher';
import { type ConnectorPlace, connectorPlace, connectors, fixedTarget, overLayers } from '../../parts/connectors';
import { type FeaturesOption, parseFeatures, shapeOf } from '../../parts/featureSelection';
import { BY_LABELS, twoStages } from '../../parts/twoStages';

/** Options of `fsp`. */
export interface FspOptions {
  /** The ends of the sections, at least two maps; default `stages`. */
  readonly features?: FeaturesOption;
  /** `max` (default) or `average`. */
  readonly pooling?: Pooling;
  /** Where the student has connectors: `differing` (default), `always` or `never`. */
  readonly connector?: ConnectorPlace;
  /** Epochs of the first stage; default 30; 0 trains the distance together with the labels. */
  readonly pretrain?: number;
  /** What trains the student after it; default labels alone. */
  readonly second?: SecondStage;
}

/** Names of the options of `fsp`. */
export const FSP_OPTIONS: readonly (keyof FspOptions)[] = ['features', 'pooling', 'connector', 'pretrain', 'second'];

/**
 * The flow of a solution procedure (Yim et al. 2017): the matcher `fsp`, one teacher, two stages.
 *   distance = Σ over sections of mean over elements of (G_student − G_teacher)², G the Gram matrix of a section's ends
 * `match(fsp())` weighs it by 1. @throws InputError for unknown options; when bound, for sections whose sizes do not divide
 *
 * @example
 * ```ts
 * import { fsp, match } from 'iekd';
 * match(fsp({ features: ['stage1', 'stage2', 'stage3'], pooling: 'average' })); // two sections, as RepDistiller pools
 * ```
 */
export function fsp(options: FspOptions = {}): Matcher {
  knownKeys('fsp', options, FSP_OPTIONS);
  const { features = 'stages' } = options;
  const pooling = poolingNamed('fsp: pooling', options.pooling ?? 'max');
  const connector = connectorPlace('fsp: connector', options.connector ?? 'differing');
  const stages = twoStages('fsp', options.pretrain ?? 30, options.second ?? {}, BY_LABELS);
  const flow = (x: readonly tf.Tensor4D[]): tf.Tensor3D[] => sections(x).map(([a, b]) => gram(a, b, pooling));
  return {
    name: 'fsp',
    options: { features, pooling, connector, ...stages },
    stages,
    features: parseFeatures('fsp: features', features),
    anySize: true,
    weights: { match: 1, inherit: 1, explore: 1 },
    teacherSide(maps) {
      checkSections(maps);
      return fixedTarget(
        sections(maps).map(([a, b]) => [a.channels, b.channels]),
        flow,
      );
    },
    studentSide(maps, { shapes }, random) {
      checkSections(maps);
      const channels = [...shapes.map(([first]) => first as number), shapes.at(-1)?.[1] as number];
      const side = connectors('fsp', maps, channels, random, { slope: 0, place: connector });
      return { variables: side.variables, factor: (x, training) => flow(side.factor(x, training) as tf.Tensor4D[]) };
    },
    distance: {
      of: (factor, target) => overLayers(factor, target, meanSquare),
      reduction: 'mean over elements, sum over sections',
      sizeExponent: 0,
      repulsion: (factor, target) => overLayers(factor, target, cosineMagnitude),
    },
  };
}

/** Each map with the next. */
function sections<T>(maps: readonly T[]): (readonly [T, T])[] {
  return maps.slice(1).map((map, i) => [maps[i] as T, map]);
}

/** Refuses one map alone, and neighbours of which neither can be pooled to the other's size. */
function checkSections(maps: readonly FeatureInfo[]): void {
  if (maps.length < 2) throw refusePhrase('fsp', 'at least two maps', maps.map(shapeOf).join(', '));
  for (const [a, b] of sections(maps)) {
    const divides = (size: 'height' | 'width'): boolean => Math.max(a[size], b[size]) % Math.min(a[size], b[size]) === 0;
    if (divides('height') && divides('width')) continue;
    throw refusePhrase('fsp', "maps of which one has a size that divides the next one's", `${shapeOf(a)} and ${shapeOf(b)}`);
  }
}
