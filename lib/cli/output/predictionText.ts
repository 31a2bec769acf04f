/** Predictions for people: the step by numbers of threads, then its kernels. */
import type { PredictionRow } from '../../bench/scaling/predictScaling';
import { WHOLE_STEP } from '../../bench/scaling/stepPrediction';
import type { Row } from '../../notebook/display/table';
import { counted } from '../../util/text';
import { fittedText, textTable } from './output';

/** Of each work what is left of perfect growth, kernel by kernel, and what each takes on the most threads. */
export function predictionText(rows: readonly PredictionRow[]): string {
  const subjects = [...new Set(rows.map(subjectOf))].map((subject) => rows.filter((row) => subjectOf(row) === subject));
  return subjects.map(subjectText).join('\n\n');
}

const subjectOf = ({ work, network, batch }: PredictionRow): string => `${work}, ${network}, batch ${batch}`;

function subjectText(rows: readonly PredictionRow[]): string {
  const [first] = rows as [PredictionRow, ...PredictionRow[]];
  const { engine, precision, pairNs } = first;
  const setting = `${subjectOf(first)}: predicted on ${engine}, ${precision}; an empty region of two threads takes ${pairNs} ns`;
  const steps = rows.filter(({ kernel }) => kernel === WHOLE_STEP).map(stepWords);
  const kernels = [...new Set(rows.map(({ kernel }) => kernel))];
  const table = kernels.map((kernel) => cells(rows.filter((row) => row.kernel === kernel)));
  return [fittedText(setting), ...steps, '', textTable(table)].join('\n');
}

function stepWords({ threads, batch, ms, measuredMs, efficiency }: PredictionRow): string {
  const measured = measuredMs === undefined ? '' : `, measured ${milliseconds(measuredMs)} ms`;
  const rate = Math.round((batch / ms) * 1000);
  return `${counted(threads, 'thread')}: ${milliseconds(ms)} ms (${rate} images/s), ${percents(efficiency)} %${measured}`;
}

function cells(rows: readonly PredictionRow[]): Row {
  const { kernel, threads: most, ms, serialMs } = rows.at(-1) as PredictionRow;
  const columns = rows.map(({ threads, efficiency }) => [`% on ${threads}`, percents(efficiency)]);
  return { kernel, ...Object.fromEntries(columns), [`ms on ${most}`]: milliseconds(ms), serial: Number(serialMs.toPrecision(2)) };
}

const milliseconds = (ms: number): number => Number(ms.toPrecision(3));

const percents = (share: number): number => Math.round(share * 1000) / 10;
