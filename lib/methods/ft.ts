/**
 * Factor transfer (Kim et al. 2018) as the released code of IE-KD runs it. Teacher side: an auto-encoder of the teacher's map,
 * fitted by reconstruction and then frozen; its encoder gives the target factor. Student side: an encoder of the same kind
 * from the student's channels to the factor's. FT's own code has no batch norms, convolution biases, and transposed
 * convolutions in the decoder; the encoder here is IE-KD's, so that FT and IE-FT differ in nothing but the split.
 */
import { reconstruction } from '../losses/reconstruction';
import { factorAutoEncoder, factorEncoder } from '../models/factorEncoder';
import type { FeatureInfo } from '../models/types';
import type { TrainingOptions } from '../training/types';
import { knownKeys, pick, refuse, refusePhrase } from '../util/check';
import type { Random } from '../util/rng';
import { FACTOR_DISTANCES } from './parts/factorDistances';
import type { Factor, Matcher, StudentSide, TeacherSide } from './types';

/** Defaults: IE-KD's released configuration. */
export interface FtOptions {
  /** Factor channels a channel of the teacher's map, k in the paper, in (0, 1]; default 0.5. */
  readonly rate?: number;
  /** The map that is matched, in both networks; default `stage3`, the last one, after its ReLU. */
  readonly feature?: string;
  /** `l1` (default), `l2`, `cosine`, `cka` or `cka-rbf`. */
  readonly distance?: string;
  /** How the teacher's auto-encoder is fitted; default 30 epochs at a constant rate of 0.1. */
  readonly fit?: Partial<TrainingOptions>;
}

/** Names of the options of `ft`. */
export const FT_OPTIONS: readonly (keyof FtOptions)[] = ['rate', 'feature', 'distance', 'fit'];

/** The matcher; `match(ft())` weights it by 500, FT's β for an element mean. */
export function ft(options: FtOptions = {}): Matcher {
  knownKeys('ft', options, FT_OPTIONS);
  const { rate = 0.5, feature = 'stage3', distance = 'l1', fit = {} } = options;
  if (!(rate > 0 && rate <= 1)) throw refuse('ft: rate', 'a share above 0, at most 1', rate);
  if (typeof feature !== 'string') throw refuse('ft: feature', 'the name of a feature', feature);
  if (typeof fit !== 'object' || fit === null) throw refuse('ft: fit', 'training options', fit);
  const metric = pick('ft: distance', FACTOR_DISTANCES, distance);
  const fitting = { epochs: 30, learningRate: 0.1, ...fit };
  const { repulsion } = metric;
  return {
    name: 'ft',
    options: { rate, feature, distance, fit: fitting },
    fitOptions: ['fit'],
    reads: { teacher: [feature], student: [feature] },
    weight: 500,
    reduction: metric.reduction,
    teacherSide: (features, _teacher, random) => paraphraser(theOne(features), rate, fitting, random),
    studentSide: (features, target, random) => translator(theOne(features), target, random),
    distance: (factor, target) => metric.distance(theOne(factor), theOne(target)),
    repulsion: repulsion === 'negate' ? repulsion : (factor, target) => repulsion(theOne(factor), theOne(target)),
    expected: (shapes) => metric.expected(theOne(shapes).reduce((product, n) => product * n, 1)),
  };
}

function theOne<T>(list: readonly T[]): T {
  if (list.length !== 1) throw refuse('ft', 'one map', list.length);
  return list[0] as T;
}

/** The teacher's auto-encoder, channels → round(rate · channels). */
function paraphraser(map: FeatureInfo, rate: number, training: Partial<TrainingOptions>, random: Random): TeacherSide {
  const to = Math.max(1, Math.round(rate * map.channels));
  const encoder = factorAutoEncoder({ from: map.channels, to }, random);
  return {
    shapes: [[map.height, map.width, to]],
    variables: encoder.variables,
    fit: {
      name: 'factor encoder',
      training,
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

/** The student's encoder, channels of its map or half → channels of the target. */
function translator(map: FeatureInfo, target: TeacherSide, random: Random): StudentSide {
  const [height = 0, width = 0, to = 0] = theOne(target.shapes);
  if (map.height !== height || map.width !== width) {
    const own = `${map.name} of ${map.height}×${map.width}×${map.channels}`;
    throw refusePhrase('ft', `a student map of the target's size, ${height}×${width}×${to}`, own, 'match maps of one size');
  }
  const encoder = factorEncoder({ from: map.channels, to }, random);
  return { variables: encoder.variables, factor: (features, training): Factor => [encoder.encode(theOne(features), training)] };
}
