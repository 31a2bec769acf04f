/** The table of methods as bars with their spread and runs. */
import type { MethodsSummary } from '../experiments/methodsSummary';
import { type Bar, bars } from './bars';
import type { Figure } from './plotly';

const GROUPS = ['plain', 'under IE'] as const;

/** Top-1 of the last epoch, mean ± standard deviation over seeds; the student alone as a line. The axis does not start at 0: it says so. */
export function methodsFigure(rows: readonly MethodsSummary[], baseline = 'supervised'): Figure {
  const base = rows.find(({ method }) => method === baseline);
  const shown = rows.map(barOf);
  const marks = rows.flatMap(({ last, sd = 0, runs }) => [last - sd, last + sd, ...runs]);
  const [least, most] = [Math.min(...marks), Math.max(...marks)];
  const range = [Math.max(0, Math.floor(least - 2)), Math.max(most, Math.min(100, Math.ceil(most + 1)))] as const;
  const line = base ? { baseline: { name: baseline, value: base.last } } : {};
  return bars(shown, { y: 'test top-1 (%)', groups: GROUPS, range, ...line });
}

function barOf({ method, ie, last, sd, runs }: MethodsSummary): Bar {
  return { name: method, value: last, group: GROUPS[ie ? 1 : 0], points: runs, ...(sd === undefined ? {} : { spread: sd }) };
}
