/**
 * Mean average precision as PASCAL VOC measures it (Everingham et al. 2010, section 4.2; VOCevaldet.m of the devkit): detections of a
 * class over all images by falling score, each a hit, a miss or neither (imageOutcomes.ts).
 * Deviations: sizes are real, without the devkit's + 1 (option `pixelInclusive` has it); ties keep the order of images and detections.
 */
import { knownKeys, pick } from '../../util/check';
import type { EvaluatedImage } from '../detections';
import { evaluatedImages } from './evaluatedImages';
import { type HitOptions, type ImageOutcomes, imageOutcomes } from './imageOutcomes';
import {
  areaUnderPrecision,
  averagePrecisionAt,
  ELEVEN_RECALLS,
  type Outcomes,
  type PrecisionRecall,
  precisionRecall,
} from './precisionRecall';
import { rankedDetections } from './rankedDetections';

/** How the average of the precision is taken. */
export type VocRule = 'eleven-point' | 'area';

const RULES: Readonly<Record<VocRule, (curve: PrecisionRecall) => number>> = {
  'eleven-point': (curve) => averagePrecisionAt(curve, ELEVEN_RECALLS),
  area: areaUnderPrecision,
};

/** Of `vocEvaluation`. */
export interface VocOptions extends HitOptions {
  /** `eleven-point` is that of 2007, the default; `area` that of 2010 and later, some points higher as a rule. */
  readonly rule?: VocRule;
}

/** Of one class. */
export interface ClassPrecision {
  /** In [0, 1]; NaN where there is no object to be found. */
  readonly averagePrecision: number;
  /** Objects that are to be found: those that are not difficult. */
  readonly objects: number;
  readonly curve: PrecisionRecall;
}

/** Of a set of images. */
export interface VocResult {
  /** Over the classes that have objects; NaN where none has. */
  readonly meanAveragePrecision: number;
  readonly classes: readonly ClassPrecision[];
  /** Numbers of the classes that the mean leaves out. */
  readonly withoutObjects: readonly number[];
}

/** The mean average precision, and each class's own. @param classes how many there are */
export function vocEvaluation(images: readonly EvaluatedImage[], classes: number, options: VocOptions = {}): VocResult {
  evaluatedImages('vocEvaluation', images, classes);
  knownKeys('vocEvaluation', options, ['rule', 'overlap', 'pixelInclusive']);
  const { rule = 'eleven-point' } = options;
  pick('vocEvaluation: rule', RULES, rule);
  const judged = images.map((image) => imageOutcomes(image, options));
  const rows = Array.from({ length: classes }, (_, c): ClassPrecision => {
    const outcomes = classOutcomes(images, judged, c);
    const curve = precisionRecall(outcomes);
    const averagePrecision = outcomes.objects > 0 ? RULES[rule](curve) : Number.NaN;
    return { averagePrecision, objects: outcomes.objects, curve };
  });
  const measured = rows.filter(({ objects }) => objects > 0);
  return {
    meanAveragePrecision: measured.reduce((sum, row) => sum + row.averagePrecision, 0) / measured.length,
    classes: rows,
    withoutObjects: [...rows.keys()].filter((c) => rows[c]?.objects === 0),
  };
}

/** What became of a class's detections. @param judged each image */
export function classOutcomes(images: readonly EvaluatedImage[], judged: readonly ImageOutcomes[], ofClass: number): Outcomes {
  const ranked = rankedDetections(
    images.map(({ detections }) => detections),
    ofClass,
  );
  const toFind = ({ objects }: EvaluatedImage, i: number): number =>
    objects.classes.reduce((sum, c, k) => sum + (c === ofClass && judged[i]?.objects[k] !== -1 ? 1 : 0), 0);
  return {
    scores: Float64Array.from(ranked, ({ score }) => score),
    outcomes: Int8Array.from(ranked, ({ image, index }) => judged[image]?.detections[index] as number),
    objects: images.reduce((sum, image, i) => sum + toFind(image, i), 0),
  };
}
