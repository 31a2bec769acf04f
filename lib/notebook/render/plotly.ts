/**
 * Plotly figures as SVG in Node: plotly.js in a jsdom window, which has no layout engine, no canvas and its own randomness; the
 * three are stood in for here, text being measured in the font that `raster` draws with. Traces that need WebGL or maps are
 * refused: Plotly would wait for a canvas that never comes. The first figure takes about a second, for plotly.js is 11 MB; the next ones a tenth of it.
 */
import { readFileSync } from 'node:fs';
import { refuse } from '../../util/check';
import { giveCanvas, type Prototype } from './canvas';
import { elementBox, pageBox, type SvgElement, textLength } from './svgLayout';

/** A figure as Plotly knows it. https://plotly.com/javascript/reference/ */
export interface Figure {
  /** Curves, bars, maps: drawn in this order. */
  readonly data: readonly Trace[];
  /** Titles, axes, size. Default empty. */
  readonly layout?: Layout;
}

/** One trace: `{ type: 'scatter', x, y, … }`. */
export type Trace = Readonly<Record<string, unknown>>;

/** The layout; titles are objects: `{ title: { text: 'Loss' } }`. */
export type Layout = Readonly<Record<string, unknown>>;

interface PlotlyModule {
  newPlot(where: Element, data: readonly Trace[], layout: Layout, config: object): Promise<unknown>;
  toImage(where: Element, options: object): Promise<string>;
  purge(where: Element): void;
}

interface Element extends SvgElement {
  append(child: Element): void;
  remove(): void;
}

interface Window {
  readonly document: { createElement(tag: string): Element; readonly body: Element };
  readonly Plotly: PlotlyModule;
  readonly Math: { random: () => number };
  readonly URL: { createObjectURL?: () => string };
  readonly SVGElement: Prototype;
  readonly Element: Prototype;
  readonly HTMLCanvasElement: Prototype;
  eval(code: string): unknown;
  [name: string]: unknown;
}

interface Jsdom {
  JSDOM: new (html: string, options: object) => { readonly window: Window };
  VirtualConsole: new () => object;
}

interface Loaded {
  readonly window: Window;
  /** Starts the window's random numbers anew: Plotly makes element names of them. */
  reseed(): void;
}

let loaded: Loaded | undefined;
let queue: Promise<unknown> = Promise.resolve();

/** Types of traces that are drawn by WebGL, or on maps that would have to be loaded. */
const UNDRAWABLE = new Set([
  ...['scattergl', 'scatterpolargl', 'splom', 'parcoords', 'scatter3d', 'surface', 'mesh3d', 'isosurface', 'volume', 'cone'],
  ...['streamtube', 'scattermap', 'choroplethmap', 'densitymap', 'scattermapbox', 'choroplethmapbox', 'densitymapbox'],
  ...['scattergeo', 'choropleth'],
]);

/**
 * A figure as SVG, `width` × `height` pixels; the same text for the same figure, in every process.
 * Figures are drawn one after the other, since they share a window.
 */
export function figureSvg({ data, layout = {} }: Figure, width: number, height: number): Promise<string> {
  const refused = data.find(({ type }) => UNDRAWABLE.has(String(type)));
  if (refused) return Promise.reject(refuse('figure', 'traces that are drawn without WebGL and maps', refused['type']));
  const svg = queue.then(() => draw(structuredClone(data), { ...structuredClone(layout), width, height }));
  queue = svg.catch(() => undefined);
  return svg;
}

async function draw(data: readonly Trace[], layout: Layout & { width: number; height: number }): Promise<string> {
  loaded ??= load();
  const { window, reseed } = loaded;
  const { Plotly, document } = window;
  reseed();
  const place = document.createElement('div');
  document.body.append(place);
  try {
    await Plotly.newPlot(place, data, layout, { staticPlot: true });
    const svg = await Plotly.toImage(place, { format: 'svg', imageDataOnly: true, width: layout.width, height: layout.height });
    // Plotly's mark around font names, which a browser would strip; quotes of jsdom's, in which resvg finds no gradient.
    return svg.replaceAll('TOBESTRIPPED', '').replace(/url\('(#[^']*)'\)/g, 'url($1)');
  } finally {
    Plotly.purge(place);
    place.remove();
  }
}

function load(): Loaded {
  const { JSDOM, VirtualConsole } = require('jsdom') as Jsdom;
  const options = { runScripts: 'outside-only', pretendToBeVisual: true, virtualConsole: new VirtualConsole() };
  const { window } = new JSDOM('<!doctype html><body></body>', options);
  for (const name of ['TextDecoder', 'TextEncoder', 'structuredClone'] as const) window[name] ??= globalThis[name];
  window.URL.createObjectURL = () => '';
  let state = 1;
  window.Math.random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0; // Numerical Recipes; only names are made of it
    return state / 2 ** 32;
  };
  giveLayout(window);
  giveCanvas(window);
  window.eval(readFileSync(require.resolve('plotly.js-dist'), 'utf8'));
  const reseed = (): void => {
    state = 1;
  };
  return { window, reseed };
}

function giveLayout(window: Window): void {
  const outside = window.Element.prototype['getBoundingClientRect'] as () => object;
  const svg = window.SVGElement.prototype;
  svg['getBBox'] = function (this: SvgElement): object {
    return elementBox(this);
  };
  svg['getComputedTextLength'] = function (this: SvgElement): number {
    return textLength(this);
  };
  svg['getBoundingClientRect'] = function (this: SvgElement): object {
    return this.tagName.toLowerCase() === 'svg' ? outside.call(this) : pageBox(this);
  };
}
