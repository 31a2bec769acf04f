/** What detections of images are worth, class by class: by the rules of VOC 2007 and 2010 and by COCO's, with precision–recall curves. */
import type { EvaluatedImage } from '../../detection/detections';
import { type CocoResult, cocoEvaluation } from '../../detection/evaluation/coco';
import type { PrecisionRecall } from '../../detection/evaluation/precisionRecall';
import { type ClassPrecision, vocEvaluation } from '../../detection/evaluation/voc';
import { knownKeys, numberIn } from '../../util/check';
import type { EvaluationReport, ReportOptions, ReportTable } from '../types';

/** COCO's twelve, in its order. */
const COCO: readonly (readonly [key: Exclude<keyof CocoResult, 'classes'>, text: string])[] = [
  ['ap', 'AP, overlaps 0.5 to 0.95'],
  ['ap50', 'AP at overlap 0.5'],
  ['ap75', 'AP at overlap 0.75'],
  ['apSmall', 'AP of small objects, below 32² pixels'],
  ['apMedium', 'AP of medium objects'],
  ['apLarge', 'AP of large objects, above 96² pixels'],
  ['ar1', 'AR, 1 detection an image and class'],
  ['ar10', 'AR, 10 detections'],
  ['ar100', 'AR, 100 detections'],
  ['arSmall', 'AR of small objects'],
  ['arMedium', 'AR of medium objects'],
  ['arLarge', 'AR of large objects'],
];

/** Fractions in [0, 1] in `values`, per cent in tables; what there are no objects for is null. */
export function precisionReport(
  images: readonly EvaluatedImage[],
  classNames: readonly string[],
  options: ReportOptions = {},
): EvaluationReport {
  knownKeys('report', options, ['score']);
  const score = numberIn('report: score', options.score ?? 0.5, 0, 1);
  const { length: classes } = classNames;
  const [voc2007, voc2010] = (['eleven-point', 'area'] as const).map((rule) => vocEvaluation(images, classes, { rule })) as [
    ReturnType<typeof vocEvaluation>,
    ReturnType<typeof vocEvaluation>,
  ];
  const coco = cocoEvaluation(images, classes);
  const rows = classNames.map((name, c) => {
    const own = voc2007.classes[c] as ClassPrecision;
    return {
      ...{ class: name, objects: own.objects, ap2007: orNull(own.averagePrecision) },
      ...{ ap2010: orNull(voc2010.classes[c]?.averagePrecision), apCoco: orNull(coco.classes[c]?.ap) },
      ...atScore(own, score),
    };
  });
  const map = { voc2007: orNull(voc2007.meanAveragePrecision), voc2010: orNull(voc2010.meanAveragePrecision) };
  const numbers = Object.fromEntries(COCO.map(([key]) => [key, orNull(coco[key])]));
  return {
    tables: [classTable(rows, map, score), cocoTable(coco)],
    curves: classNames.flatMap((name, c) => curveOf(name, voc2007.classes[c] as ClassPrecision)),
    values: { images: images.length, map, score, classes: rows, coco: numbers },
  };
}

interface ClassRow {
  readonly class: string;
  readonly objects: number;
  readonly ap2007: number | null;
  readonly ap2010: number | null;
  readonly apCoco: number | null;
  readonly precision: number | null;
  readonly recall: number | null;
}

const orNull = (value: number | undefined): number | null => (value === undefined || Number.isNaN(value) ? null : value);

/** Of all detections of this score and more; null where there is no detection, or no object. */
function atScore({ curve, objects }: ClassPrecision, least: number): Pick<ClassRow, 'precision' | 'recall'> {
  const last = lastAbove(curve, least);
  if (objects === 0) return { precision: null, recall: null };
  if (last < 0) return { precision: null, recall: 0 };
  return { precision: curve.precision[last] as number, recall: curve.recall[last] as number };
}

/** Scores fall. */
const lastAbove = ({ scores }: PrecisionRecall, least: number): number =>
  [...scores].filter((score) => score >= least).length - 1;

const percent = (value: number | null): string => (value === null ? '–' : (100 * value).toFixed(2));

function classTable(
  rows: readonly ClassRow[],
  map: { voc2007: number | null; voc2010: number | null },
  score: number,
): ReportTable {
  const line = ({ class: name, objects, ap2007, ap2010, apCoco, precision, recall }: ClassRow): ReportTable['rows'][number] => ({
    ...{
      class: name,
      objects,
      'AP % (VOC 2007)': percent(ap2007),
      'AP % (VOC 2010)': percent(ap2010),
      'AP % (COCO)': percent(apCoco),
    },
    ...{ 'precision %': percent(precision), 'recall %': percent(recall) },
  });
  const objects = rows.reduce((sum, row) => sum + row.objects, 0);
  const means = { class: 'mean', objects, ap2007: map.voc2007, ap2010: map.voc2010, apCoco: null, precision: null, recall: null };
  const without = rows.filter((row) => row.objects === 0).map((row) => row.class);
  const left = without.length > 0 ? `; without objects, so in no mean: ${without.join(', ')}` : '';
  return { caption: `by class; precision and recall of scores from ${score}${left}`, rows: [...rows, means].map(line) };
}

const cocoTable = (coco: CocoResult): ReportTable => ({
  caption: 'by COCO’s rules',
  rows: COCO.map(([key, text]) => ({ number: text, '%': percent(orNull(coco[key])) })),
});

/** Nothing for a class without objects. */
function curveOf(name: string, { curve, objects }: ClassPrecision): EvaluationReport['curves'] {
  if (objects === 0) return [];
  const { recall, precision, scores } = curve;
  return [{ name, columns: { recall: [...recall], precision: [...precision], score: [...scores] } }];
}
