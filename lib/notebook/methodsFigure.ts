/** The table of methods as bars with their spread. */
import type { MethodsSummary } from '../experiments/methodsSummary';
import type { Figure } from './plotly';
import { INK, seriesColour } from './theme';

/** Top-1 of the last epoch, mean ± standard deviation over seeds; the student alone as a line. The axis does not start at 0: it says so. */
export function methodsFigure(rows: readonly MethodsSummary[], baseline = 'supervised'): Figure {
  const base = rows.find(({ method }) => method === baseline);
  const least = Math.min(...rows.map(({ last, sd = 0 }) => last - sd));
  const most = Math.max(...rows.map(({ last, sd = 0 }) => last + sd));
  const line = {
    type: 'line',
    xref: 'paper',
    x0: 0,
    x1: 1,
    y0: base?.last,
    y1: base?.last,
    line: { color: INK.muted, dash: 'dash' },
  };
  const from = Math.max(0, Math.floor(least - 2));
  return {
    data: [
      {
        type: 'bar',
        name: 'last epoch',
        x: rows.map(({ method }) => method),
        y: rows.map(({ last }) => last),
        error_y: { type: 'data', array: rows.map(({ sd }) => sd ?? 0), color: INK.text, thickness: 1.2 },
        marker: { color: rows.map(({ method }) => seriesColour(method.startsWith('ie-') ? 1 : 0)) },
      },
    ],
    layout: {
      xaxis: { title: { text: '' }, tickangle: -50 },
      yaxis: { title: { text: `test top-1 %, axis from ${from}` }, range: [from, Math.min(100, Math.ceil(most + 1))] },
      showlegend: false,
      ...(base ? { shapes: [line] } : {}),
    },
  };
}
