/**
 * COCO's twelve numbers (cocodataset/cocoapi, PythonAPI/pycocotools/cocoeval.py, accumulate and summarize): average precision and recall over
 * overlaps from 0.5 to 0.95, also by the objects' sizes and by the number of detections that an image may have of each class. Boxes are
 * in pixels.
 * Deviation: what there is nothing to measure for is NaN, where pycocotools says −1, and no annotation is lost because its number is 0.
 */
import type { EvaluatedImage } from '../detections';
import { type AreaRange, type CocoCell, cocoCell, cocoOutcomes } from './cocoMatching';
import { evaluatedImages } from './evaluatedImages';
import { averagePrecisionAt, COCO_RECALLS, precisionRecall } from './precisionRecall';

/** 0.5, 0.55, …, 0.95, as numpy's linspace has them. */
const OVERLAPS: readonly number[] = Array.from({ length: 10 }, (_, i) => (i === 9 ? 0.95 : 0.5 + i * ((0.95 - 0.5) / 9)));

const ALL: AreaRange = [0, 1e10];
/** In pixels; objects by the area of what they are, detections by that of their boxes. */
const SIZES: Readonly<Record<'small' | 'medium' | 'large', AreaRange>> = {
  small: [0, 32 ** 2],
  medium: [32 ** 2, 96 ** 2],
  large: [96 ** 2, 1e10],
};

/** Detections of an image and class, at most. */
const MOST = 100;

/** The twelve numbers in [0, 1], and the first of each class. NaN where there are no objects to measure by. */
export interface CocoResult {
  readonly ap: number;
  readonly ap50: number;
  readonly ap75: number;
  readonly apSmall: number;
  readonly apMedium: number;
  readonly apLarge: number;
  readonly ar1: number;
  readonly ar10: number;
  readonly ar100: number;
  readonly arSmall: number;
  readonly arMedium: number;
  readonly arLarge: number;
  readonly classes: readonly { readonly ap: number; readonly objects: number }[];
}

/** Evaluates images in the order of their ids: ties of score keep it. @param classes how many there are */
export function cocoEvaluation(images: readonly EvaluatedImage[], classes: number): CocoResult {
  evaluatedImages('cocoEvaluation', images, classes);
  const rows = Array.from({ length: classes }, (_, c) =>
    images.map(({ objects, detections }) => cocoCell(objects, detections, c, MOST)),
  );
  const measure = (range: AreaRange, most = MOST): ClassMeasures[] => rows.map((cells) => measureClass(cells, range, most));
  const all = measure(ALL);
  const [small, medium, large] = [measure(SIZES.small), measure(SIZES.medium), measure(SIZES.large)];
  return {
    ap: meanOf(all, 'precisions'),
    ap50: meanOf(all, 'precisions', 0),
    ap75: meanOf(all, 'precisions', 5),
    apSmall: meanOf(small, 'precisions'),
    apMedium: meanOf(medium, 'precisions'),
    apLarge: meanOf(large, 'precisions'),
    ar1: meanOf(measure(ALL, 1), 'recalls'),
    ar10: meanOf(measure(ALL, 10), 'recalls'),
    ar100: meanOf(all, 'recalls'),
    arSmall: meanOf(small, 'recalls'),
    arMedium: meanOf(medium, 'recalls'),
    arLarge: meanOf(large, 'recalls'),
    classes: all.map((one) => ({ ap: meanOf([one], 'precisions'), objects: one.objects })),
  };
}

/** One value an overlap. */
interface ClassMeasures {
  readonly objects: number;
  readonly precisions: readonly number[];
  readonly recalls: readonly number[];
}

/** Mean over the classes that have objects, and over all overlaps or one. */
function meanOf(classes: readonly ClassMeasures[], what: 'precisions' | 'recalls', overlap?: number): number {
  const values = classes
    .filter(({ objects }) => objects > 0)
    .flatMap((one) => (overlap === undefined ? one[what] : [one[what][overlap] as number]));
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function measureClass(cells: readonly CocoCell[], range: AreaRange, most: number): ClassMeasures {
  const found = cells.map((cell) => cocoOutcomes(firstDetections(cell, most), range, OVERLAPS));
  const objects = found.reduce((sum, one) => sum + one.objects, 0);
  const places = cells.flatMap(({ scores }, image) => scores.slice(0, most).map((score, d) => ({ image, d, score })));
  places.sort((a, b) => b.score - a.score);
  const scores = Float64Array.from(places, ({ score }) => score);
  const curves = OVERLAPS.map((_, t) => {
    const outcomes = Int8Array.from(places, ({ image, d }) => found[image]?.outcomes[t]?.[d] as number);
    return precisionRecall({ scores, outcomes, objects });
  });
  return {
    objects,
    precisions: curves.map((curve) => averagePrecisionAt(curve, COCO_RECALLS)),
    recalls: curves.map(({ recall }) => recall.at(-1) ?? 0),
  };
}

const firstDetections = (cell: CocoCell, most: number): CocoCell => ({ ...cell, scores: cell.scores.slice(0, most) });
