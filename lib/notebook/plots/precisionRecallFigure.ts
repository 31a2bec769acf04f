/** Precision over recall, a panel a class and a curve a network, and the average precision by class as a table. */
import type { PrecisionRecall } from '../../detection/evaluation/precisionRecall';
import type { VocResult } from '../../detection/evaluation/voc';
import { knownKeys, listIn, neededKeys, objectIn, refuse, refusePhrase } from '../../util/check';
import { showTable } from '../display/table';
import type { Figure, Trace } from '../render/plotly';
import { showFigure } from './figure';
import { seriesColour } from './theme';

/** Options of `showPrecisionRecall` and `showAveragePrecision`. */
export interface PrecisionRecallOptions {
  readonly classNames: readonly string[];
  /** Above the figure or table. */
  readonly title?: string;
}

/** Lines differ by more than their colour. */
const DASHES = ['solid', 'dash', 'dot', 'dashdot'] as const;
/** Between panels, as a share of the width. */
const BETWEEN = 0.06;
const HEIGHT = 340;

/** The curves of `showPrecisionRecall` as a figure; to be changed further. @throws InputError as it does */
export function precisionRecallFigure(results: Readonly<Record<string, VocResult>>, options: PrecisionRecallOptions): Figure {
  const { classNames, title } = checked('showPrecisionRecall', results, options);
  const width = (1 - BETWEEN * (classNames.length - 1)) / classNames.length;
  const axes = classNames.flatMap((name, c) => {
    const [number, left] = [c === 0 ? '' : c + 1, c * (width + BETWEEN)];
    const range = [0, 1.02];
    return [
      [`xaxis${number}`, { domain: [left, left + width], range, title: { text: `recall, ${name}` }, anchor: `y${number}` }],
      [`yaxis${number}`, { range, anchor: `x${number}`, ...(c === 0 ? { title: { text: 'precision' } } : {}) }],
    ] as const;
  });
  const data = Object.entries(results).flatMap(([name, result], i) => classNames.map((_, c) => curve(name, i, result, c)));
  return {
    data,
    layout: { ...(title ? { title: { text: title } } : {}), height: HEIGHT, showlegend: true, ...Object.fromEntries(axes) },
  };
}

function curve(name: string, i: number, { classes }: VocResult, c: number): Trace {
  const { recall, precision } = corners(classes[c]?.curve);
  const number = c === 0 ? '' : c + 1;
  return {
    ...{ type: 'scatter', mode: 'lines', name, legendgroup: name, showlegend: c === 0, xaxis: `x${number}`, yaxis: `y${number}` },
    ...{ x: recall, y: precision },
    line: { color: seriesColour(i), dash: DASHES[i % DASHES.length], width: 2 },
  };
}

/** The points of each hit and before each, to four digits: between them the curve falls straight down, and a page is not full of them. */
function corners(
  curve: Pick<PrecisionRecall, 'precision' | 'recall'> = { precision: new Float64Array(), recall: new Float64Array() },
) {
  const { precision, recall } = curve;
  const kept = [...recall.keys()].filter((i) => recall[i] !== recall[i - 1] || recall[i] !== recall[i + 1]);
  const rounded = (values: Float64Array): number[] => kept.map((i) => Number((values[i] as number).toFixed(4)));
  return { recall: rounded(recall), precision: rounded(precision) };
}

/**
 * Shows precision over recall, class by class: of the detections from a falling score on, the share that is right, over the share of the
 * objects that they find. @param results of `vocEvaluation`, by the name of a network
 * @throws InputError for options that are not known, no result, and results of another number of classes
 * @example
 * ```ts
 * import { showAveragePrecision, showPrecisionRecall, type VocResult } from 'iekd';
 * declare const [teacher, student]: [VocResult, VocResult]; // vocEvaluation(images, 3)
 *
 * const classNames = ['RBC', 'WBC', 'Platelets'];
 * await showPrecisionRecall({ teacher, student }, { classNames });
 * showAveragePrecision({ teacher, student }, { classNames });
 * ```
 */
export async function showPrecisionRecall(
  results: Readonly<Record<string, VocResult>>,
  options: PrecisionRecallOptions,
): Promise<void> {
  await showFigure(precisionRecallFigure(results, options));
}

/** Shows the average precision by class in per cent, and its mean; classes without objects have a dash. @throws InputError as `showPrecisionRecall` does */
export function showAveragePrecision(results: Readonly<Record<string, VocResult>>, options: PrecisionRecallOptions): void {
  const { classNames, title } = checked('showAveragePrecision', results, options);
  const [first] = Object.values(results);
  const row = (of: (result: VocResult) => number | undefined): Record<string, number | null> =>
    Object.fromEntries(Object.entries(results).map(([name, result]) => [name, percent(of(result))]));
  const rows = [
    ...classNames.map((name, c) => ({
      ...{ class: name, objects: first?.classes[c]?.objects },
      ...row(({ classes }) => classes[c]?.averagePrecision),
    })),
    {
      class: 'mean',
      objects: first?.classes.reduce((sum, { objects }) => sum + objects, 0),
      ...row((one) => one.meanAveragePrecision),
    },
  ];
  const digits = Object.fromEntries(Object.keys(results).map((name) => [name, 1]));
  showTable(rows, { caption: title ?? 'average precision (%)', digits });
}

const percent = (share: number | undefined): number | null => (share === undefined || Number.isNaN(share) ? null : 100 * share);

function checked(
  where: string,
  results: Readonly<Record<string, VocResult>>,
  options: PrecisionRecallOptions,
): PrecisionRecallOptions {
  knownKeys(where, options, ['classNames', 'title']);
  neededKeys(where, options, ['classNames']);
  const { length: expected } = listIn(`${where}: classNames`, 'names', options.classNames);
  const entries = Object.entries(objectIn(where, 'results by the name of a network', results, []));
  if (entries.length === 0 || expected === 0) throw refuse(where, 'one result and one class at least', results);
  for (const [name, result] of entries) {
    const { classes } = objectIn(`${where}: ${name}`, 'a result of vocEvaluation', result, ['classes']);
    if (classes.length !== expected)
      throw refusePhrase(`${where}: ${name}`, `${expected} classes, as named`, String(classes.length));
  }
  return options;
}
