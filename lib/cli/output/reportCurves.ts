/** Curves of an evaluation as files: a CSV a curve, with every number, and one SVG with all of them. */
import { basename, join } from 'node:path';
import { lineCharts } from '../../notebook/plots/lineChart';
import type { ReportCurve } from '../../tasks/types';
import { writeAtomic } from '../../util/files';

/**
 * `<weights>-<number>-<curve>.csv` and `<weights>.svg`. @param weights the file of weights that the curves are of @returns the paths
 */
export function writeCurves(folder: string, weights: string, curves: readonly ReportCurve[]): string[] {
  const name = basename(weights, '.safetensors');
  // With their numbers: two names may be one where characters are left out.
  const files = curves.map((curve, i): readonly [string, string] => [
    join(folder, `${name}-${i + 1}-${fileName(curve.name)}.csv`),
    csv(curve.columns),
  ]);
  const all: readonly (readonly [string, string])[] = [...files, [join(folder, `${name}.svg`), svg(curves)]];
  for (const [path, text] of all) writeAtomic(path, text);
  return all.map(([path]) => path);
}

/** Whatever a class is called, a name of a file. */
const fileName = (name: string): string => name.replace(/[^\p{L}\p{N}_-]/gu, '_').slice(0, 100);

function csv(columns: ReportCurve['columns']): string {
  const names = Object.keys(columns);
  const length = Math.max(0, ...Object.values(columns).map((values) => values.length));
  const rows = Array.from({ length }, (_, i) => names.map((column) => String(columns[column]?.[i] ?? '')));
  return [names, ...rows].map((row) => `${row.join(',')}\n`).join('');
}

function svg(curves: readonly ReportCurve[]): string {
  const [x = '', y = ''] = Object.keys(curves[0]?.columns ?? {});
  const lines = curves.map(({ name, columns }) => ({ name, x: columns[x] ?? [], y: columns[y] ?? [] }));
  return lineCharts([{ title: `${y} over ${x}`, xTitle: x, lines, xEnd: 1, format: () => '' }]);
}
