/**
 * Mean average precision as PASCAL VOC measures it (Everingham et al. 2010, section 4.2; VOCevaldet.m of the devkit). Over all images a
 * detection of falling score belongs to the object of its image and class that it overlaps most: it is a hit where that is enough and the
 * object has not been found yet, a miss where it is not or the object has been (a duplicate does not fall back to another), and neither
 * where the object is difficult (or a crowd, which VOC does not have).
 * Deviations: sizes are real, without the devkit's + 1 (option `pixelInclusive` has it); ties keep the order of images and detections.
 */
import { knownKeys, pick } from '../../util/check';
import { iou } from '../boxes';
import type { Detections, EvaluatedImage, Objects } from '../detections';
import { evaluatedImages } from './evaluatedImages';
import {
  areaUnderPrecision,
  averagePrecisionAt,
  ELEVEN_RECALLS,
  type Outcomes,
  type PrecisionRecall,
  precisionRecall,
} from './precisionRecall';
import { indicesOf, rankedDetections } from './rankedDetections';

/** How the average of the precision is taken. */
export type VocRule = 'eleven-point' | 'area';

const RULES: Readonly<Record<VocRule, (curve: PrecisionRecall) => number>> = {
  'eleven-point': (curve) => averagePrecisionAt(curve, ELEVEN_RECALLS),
  area: areaUnderPrecision,
};

/** Of `vocEvaluation`. */
export interface VocOptions {
  /** `eleven-point` is that of 2007, the default; `area` that of 2010 and later, some points higher as a rule. */
  readonly rule?: VocRule;
  /** The least intersection over union of a hit; default 0.5. */
  readonly overlap?: number;
  /** Corners are pixels that belong to the box, as in the devkit; default false. */
  readonly pixelInclusive?: boolean;
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
  const rows = Array.from({ length: classes }, (_, c): ClassPrecision => {
    const outcomes = vocOutcomes(images, c, options);
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

/** What became of a class's detections. */
export function vocOutcomes(images: readonly EvaluatedImage[], ofClass: number, options: VocOptions = {}): Outcomes {
  const { overlap = 0.5, pixelInclusive = false } = options;
  const taken = images.map(({ objects }) => new Uint8Array(objects.classes.length));
  const ranked = rankedDetections(
    images.map(({ detections }) => detections),
    ofClass,
  );
  const outcomes = Int8Array.from(ranked, ({ image, index }) => {
    const { objects, detections } = images[image] as EvaluatedImage;
    const best = bestObject(detections, index, objects, pixelInclusive ? 1 : 0);
    if (best.overlap < overlap || best.object < 0) return 0;
    if (isIgnored(objects, best.object)) return -1;
    const found = taken[image] as Uint8Array;
    if (found[best.object] === 1) return 0;
    found[best.object] = 1;
    return 1;
  });
  const objects = images.reduce((sum, image) => sum + objectsToFind(image.objects, ofClass), 0);
  return { scores: Float64Array.from(ranked, ({ score }) => score), outcomes, objects };
}

const isIgnored = ({ difficult, crowd }: Objects, i: number): boolean => difficult?.[i] === 1 || crowd?.[i] === 1;

const objectsToFind = (objects: Objects, ofClass: number): number =>
  indicesOf(objects.classes, ofClass).filter((i) => !isIgnored(objects, i)).length;

/** The object of the same class that a detection overlaps most; the first of equals, −1 where there is none. */
function bestObject(detections: Detections, index: number, objects: Objects, edge: number): { object: number; overlap: number } {
  let best = { object: -1, overlap: 0 };
  for (const object of indicesOf(objects.classes, detections.classes[index] as number)) {
    const overlap = iou(detections.boxes, index, objects.boxes, object, edge);
    if (best.object < 0 || overlap > best.overlap) best = { object, overlap };
  }
  return best;
}
