/**
 * Many methods at one glance: the mean test score of each as a dot on a line of its own, with its standard deviation, the method by itself and
 * its form under inheritance and exploration in two colours; what all are compared with as lines across. The best stands at the top.
 */
import type { RankedLine } from '../../experiments/tables/ranking';
import type { ScoreStyle } from '../../experiments/tables/testScore';
import { refusePhrase } from '../../util/check';
import { INK, seriesColour } from '../plots/theme';
import type { Figure, Trace } from '../render/plotly';

/** Of a line, and of what is above and below them, in pixels. */
const LINE = 24;
const AROUND = 150;
const NAMES = ['plain', 'under IE'] as const;

/** @param ranked the best first @param beside labels of rows that are lines across @throws InputError where nothing is ranked */
export function rankingFigure(ranked: readonly RankedLine[], style: ScoreStyle, beside: readonly string[]): Figure {
  if (ranked.length === 0) throw refusePhrase('rankingFigure', 'rows with runs', 'none', 'train some');
  const across = ranked.filter(({ label }) => beside.includes(label));
  const rows = ranked.filter(({ label }) => !beside.includes(label));
  const names = [...new Set(rows.map(methodOf))];
  const place = (row: RankedLine): number => names.length - 1 - names.indexOf(methodOf(row));
  const dots = ([false, true] as const).flatMap((ie) =>
    dotsOf(
      rows.filter((row) => row.ie === ie),
      ie,
      place,
    ),
  );
  const lines = across.map(({ label, score }, i) => lineAt(label, score.mean, names.length, i));
  return {
    data: [...lines, ...dots],
    layout: {
      height: AROUND + LINE * names.length,
      xaxis: {
        title: { text: `test ${style.unit ? `${style.short} (${style.unit})` : style.short}, mean ± sd` },
        showgrid: true,
      },
      yaxis: {
        tickvals: names.map((_, i) => names.length - 1 - i),
        ticktext: names,
        range: [-0.7, names.length - 0.3],
        ticks: '',
      },
      showlegend: true,
    },
  };
}

/** A method and its form under IE share a line. */
const methodOf = ({ label, ie }: RankedLine): string => (ie ? label.replace(/^IE-|\s*\+\s*IE-.*$/gu, '') : label);

function dotsOf(rows: readonly RankedLine[], ie: boolean, place: (row: RankedLine) => number): Trace[] {
  if (rows.length === 0) return [];
  const color = seriesColour(ie ? 1 : 0);
  const array = rows.map(({ score }) => score.sd ?? 0);
  const hovertext = rows.map(({ rank, label, score: { mean, sd, n } }) => {
    return `${rank}. ${label}: ${mean.toFixed(2)}${sd === undefined ? '' : ` ± ${sd.toFixed(2)}`}, n = ${n}`;
  });
  const trace = {
    type: 'scatter',
    mode: 'markers',
    name: NAMES[ie ? 1 : 0],
    x: rows.map(({ score }) => score.mean),
    y: rows.map((row) => place(row) + (ie ? -0.13 : 0.13)),
    error_x: { type: 'data', array, color, thickness: 2, width: 0 },
    marker: { color, size: 9, line: { color: INK.paper, width: 1 } },
    hovertext,
    hoverinfo: 'text',
  };
  return [trace];
}

const DASHES = ['dash', 'dot', 'dashdot'] as const;

const lineAt = (name: string, value: number, lines: number, i: number): Trace => ({
  type: 'scatter',
  mode: 'lines',
  name,
  x: [value, value],
  y: [-0.7, lines - 0.3],
  line: { color: INK.muted, dash: DASHES[i % DASHES.length], width: 1.8 },
  hoverinfo: 'skip',
});
