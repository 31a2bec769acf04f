/** The profile of a step as a figure: a bar a kernel, longest at the top, with what it says beside it. */

import type { BenchProfile } from '../../bench/benchProfile';
import { workNetwork } from '../../bench/benchRow';
import type { ProfileRow } from '../../engine/profile/profileRows';
import { objectIn } from '../../util/check';
import { seriesColour } from '../plots/theme';
import type { Figure, Trace } from '../render/plotly';

/** What a bar stands for, in the order of the legend, and the number of its colour. */
const KINDS = [
  ['native', 0],
  ['fallback', 1],
  ['no kernel', 6],
] as const;

/** More kernels than these are one bar. */
const MOST_BARS = 16;

/** In pixels. */
const BAR = 26;
const AROUND = 150;
/** Shapes are long names. */
const WIDE = 1160;
/** Length of the axis in longest bars: the text behind them needs room. */
const ROOM = 1.8;

/** The figure of one work's profile: a bar a kernel, milliseconds a step, with its share, GFLOP/s and GB/s. It is shown with `showFigure`. */
export function profileFigure(profile: BenchProfile): Figure {
  objectIn('profileFigure', 'a profile of one work, of those that benchProfile returns', profile, ['rows']);
  const { work, engine, threads, depth, batch, ms, rows } = profile;
  const shown = gathered(rows);
  const longest = Math.max(...shown.map((row) => row.ms));
  const setting = `${workNetwork(work, depth)}, batch ${batch}, ${engine}, threads: ${threads}`;
  const width = rows.some(({ shape }) => shape !== undefined) ? { width: WIDE } : {};
  return {
    data: KINDS.flatMap(([kind, colour]) => trace(kind, seriesColour(colour), shown)),
    layout: {
      title: { text: `A step of ${work}: ${ms.toFixed(1)} ms` },
      ...width,
      height: AROUND + BAR * shown.length,
      barmode: 'stack',
      bargap: 0.25,
      showlegend: true,
      xaxis: { title: { text: `ms a step (${setting})` }, range: [0, longest * ROOM] },
      yaxis: { autorange: 'reversed', type: 'category', categoryarray: shown.map(labelOf), showline: false, ticks: '' },
    },
  };
}

/** Kernels beyond the slowest ones in one row for each path; what is no kernel stays. */
function gathered(rows: readonly ProfileRow[]): ProfileRow[] {
  const kernels = rows.filter(({ path }) => path !== undefined);
  const rest = kernels.slice(MOST_BARS);
  const others = (['native', 'fallback'] as const).flatMap((path) => together(rest.filter((row) => row.path === path)));
  return [...kernels.slice(0, MOST_BARS), ...others, ...rows.filter(({ path }) => path === undefined)];
}

/** Some rows of one path as one. */
function together(rows: readonly ProfileRow[]): ProfileRow[] {
  const [first] = rows;
  if (!first || rows.length === 1) return [...rows];
  const sum = (key: 'calls' | 'ms' | 'share'): number => rows.reduce((total, row) => total + row[key], 0);
  const { path } = first;
  return [
    { kernel: `${rows.length} others`, ...(path ? { path } : {}), calls: sum('calls'), ms: sum('ms'), share: sum('share') },
  ];
}

function trace(kind: string, color: string, rows: readonly ProfileRow[]): Trace[] {
  const own = rows.filter(({ path }) => (path ?? 'no kernel') === kind);
  if (own.length === 0) return [];
  const common = { type: 'bar', orientation: 'h', name: kind, marker: { color }, textposition: 'outside', cliponaxis: false };
  const texts = { text: own.map(barText), hovertext: own.map(callsText), hoverinfo: 'y+text' };
  return [{ ...common, ...texts, y: own.map(labelOf), x: own.map(({ ms }) => ms) }];
}

const labelOf = ({ kernel, path, shape }: ProfileRow): string =>
  [path === 'fallback' ? `${kernel} (fallback)` : kernel, ...(shape === undefined ? [] : [shape])].join(' ');

/** `54.3 ms · 31.2 % · 192 GFLOP/s` */
function barText({ ms, share, gflopPerSecond, gbPerSecond }: ProfileRow): string {
  const parts = [`${ms.toPrecision(3)} ms`, `${(100 * share).toFixed(1)} %`];
  if (gflopPerSecond !== undefined) parts.push(`${gflopPerSecond.toFixed(0)} GFLOP/s`);
  if (gbPerSecond !== undefined) parts.push(`${gbPerSecond.toFixed(1)} GB/s`);
  return parts.join(' · ');
}

const callsText = (row: ProfileRow): string =>
  row.path === undefined ? barText(row) : `${barText(row)} · ${Number(row.calls.toFixed(1))} call${row.calls === 1 ? '' : 's'}`;
