/**
 * Plotly figures: the figure's JSON, which front ends with Plotly draw live, beside a PNG made in Node, which every other shows.
 * Interactive HTML is added only when asked for: it is large in effect (it loads plotly.js) and GitHub would show it as nothing.
 */
import { knownKeys } from '../../util/check';
import { display, escapeHtml, type MimeBundle } from '../display/display';
import { type Figure, figureSvg } from '../render/plotly';
import { rasterize, textWidth } from '../render/raster';
import { plainFigure } from './plainFigure';
import { FIGURE_SIZE, TEMPLATE, TICK_SIZE, TOP } from './theme';

/** MIME type of a Plotly figure. */
export const PLOTLY_MIME = 'application/vnd.plotly.v1+json';

/** Around the names of a legend, in pixels: the sample before each, and what stands beside the plot. */
const LEGEND = { sample: 46, beside: 90 } as const;

/** Options of `showFigure`. */
export interface FigureOptions {
  /** Also as HTML that loads plotly.js from the project's node_modules through Jupyter. Default false. */
  readonly interactive?: boolean;
}

/**
 * Shows a Plotly figure: a PNG, and the figure as data for front ends that draw Plotly. What its layout does not say, the project's
 * template does: colours, fonts, size (760 × 440 pixels), the legend above the plot.
 * @param figure traces and layout as Plotly takes them, https://plotly.com/javascript/reference/; titles are objects, `{ text }`. Typed
 * arrays, dates and whole `bigint`s are converted; NaN and infinities are gaps
 * @throws InputError for an option that is not known, for values that a figure cannot hold (a Map, a function, a tensor), and for traces
 * that Plotly draws with WebGL or on maps
 * @example
 * ```ts
 * import { showFigure } from 'iekd';
 *
 * const x = Array.from({ length: 63 }, (_, i) => i / 10);
 * const data = [{ type: 'scatter', mode: 'lines', x, y: x.map(Math.sin) }];
 * const layout = { title: { text: 'Sine' }, xaxis: { title: { text: 'x (rad)' } } };
 * await showFigure({ data, layout });
 * ```
 */
export async function showFigure(figure: Figure, options: FigureOptions = {}): Promise<void> {
  const { data, metadata } = await figureBundle(figure, options);
  display(data, metadata);
}

/** What `showFigure` shows: the figure in all its MIME types, and the size of its PNG in pixels. @throws InputError as `showFigure` does */
export async function figureBundle(
  figure: Figure,
  options: FigureOptions = {},
): Promise<{ readonly data: MimeBundle; readonly metadata: Readonly<Record<string, object>> }> {
  knownKeys('showFigure', options, ['interactive']);
  const { interactive = false } = options;
  const shown = plainFigure(figure);
  const { width, height } = figureSize(shown);
  const full = themed(shown);
  const png = rasterize(await figureSvg(full, width, height)).toString('base64');
  const text = figureText(shown);
  const html = interactive ? { 'text/html': interactiveHtml(full, png, text) } : {};
  return {
    data: { [PLOTLY_MIME]: { ...full, config: {} }, 'image/png': png, 'text/plain': text, ...html },
    metadata: { 'image/png': { width, height } },
  };
}

/** A figure with the project's template under its layout, its size, and room for title and legend. */
export function themed(figure: Figure): Required<Figure> {
  const { data, layout = {} } = figure;
  const margin = { t: topMargin(figure), ...(layout['margin'] as object | undefined) };
  return { data, layout: { template: TEMPLATE, ...layout, ...figureSize(figure), margin } };
}

function topMargin(figure: Figure): number {
  const { data, layout = {} } = figure;
  const named = data.flatMap(({ name, showlegend }) => (typeof name === 'string' && showlegend !== false ? [name] : []));
  const legend = layout['showlegend'] ?? named.length > 1;
  const further = legend ? TOP.legendRow * (legendRows(named, figureSize(figure).width) - 1) : 0;
  return TOP.bare + (layout['title'] ? TOP.title : 0) + (legend ? TOP.legend : 0) + further;
}

/** Rows of a legend above a plot: one where all names fit in it, else columns as wide as the widest. */
function legendRows(names: readonly string[], width: number): number {
  const widths = names.map((name) => LEGEND.sample + textWidth(name.replace(/<[^>]*>/g, ''), TICK_SIZE));
  const room = width - LEGEND.beside;
  if (widths.reduce((sum, value) => sum + value, 0) <= room) return 1;
  return Math.ceil(names.length / Math.max(1, Math.floor(room / Math.max(...widths))));
}

/**
 * The bytes of a figure's PNG, to be written to a file: twice as many pixels in width and in height as the layout says.
 * @throws InputError for traces that Plotly draws with WebGL or on maps
 */
export async function figurePng(figure: Figure): Promise<Buffer> {
  const shown = plainFigure(figure);
  const { width, height } = figureSize(shown);
  return rasterize(await figureSvg(themed(shown), width, height));
}

function figureSize({ layout = {} }: Figure): { width: number; height: number } {
  const { width, height } = layout;
  return {
    width: typeof width === 'number' ? width : FIGURE_SIZE.width,
    height: typeof height === 'number' ? height : FIGURE_SIZE.height,
  };
}

/** `Figure: Loss (3 traces)`: for terminals, and for readers who cannot see the picture. */
function figureText({ data, layout = {} }: Figure): string {
  const title = (layout['title'] as { text?: unknown } | undefined)?.text;
  const names = data.map((trace) => trace['name']).filter((name) => typeof name === 'string' && name !== '');
  const what = typeof title === 'string' ? title.replace(/<[^>]*>/g, '') : 'untitled';
  return `Figure: ${what}${names.length > 0 ? ` (${names.join(', ')})` : ''}`;
}

/** Script that draws the figure in place of its picture once plotly.js is there; the first figure of a page loads it. */
const DRAW = `function (element, figure, urls) {
  function draw() { element.innerHTML = ''; window.Plotly.newPlot(element, figure.data, figure.layout, { responsive: true }); }
  if (window.Plotly) return draw();
  var queue = (window.iekdFigures = window.iekdFigures || []);
  if (queue.push(draw) > 1) return;
  var settings = document.getElementById('jupyter-config-data');
  var base = settings ? JSON.parse(settings.textContent).baseUrl : document.body.dataset.baseUrl;
  (function next() {
    var url = urls.shift();
    if (!url) { queue.length = 0; return; }
    if (url.indexOf('{base}') === 0) { if (!base) return next(); url = url.replace('{base}', base); }
    var script = document.createElement('script'), define = window.define;
    window.define = undefined; // plotly.js would hand itself to require.js
    script.src = url;
    script.onload = function () { window.define = define; queue.splice(0).forEach(function (f) { f(); }); };
    script.onerror = function () { window.define = define; next(); };
    document.head.appendChild(script);
  })();
}`;

/** Where plotly.js is: through Jupyter's file server, or beside the notebook's folder. */
const PLOTLY_URLS = ['{base}files/node_modules/plotly.js-dist/plotly.js', '../node_modules/plotly.js-dist/plotly.js'];

function interactiveHtml(figure: Figure, png: string, text: string): string {
  const json = (value: unknown): string => JSON.stringify(value).replace(/</g, '\\u003c');
  const { width } = figureSize(figure);
  const picture = `<img alt="${escapeHtml(text)}" width="${width}" src="data:image/png;base64,${png}">`;
  const place = 'document.currentScript.previousElementSibling';
  return `<div>${picture}</div><script>(${DRAW})(${place}, ${json(figure)}, ${json(PLOTLY_URLS)});</script>`;
}
