/**
 * How figures look: colours that are told apart with every kind of colour vision, and type that can be read at half the size.
 * Colours: M. Okabe and K. Ito, "Color Universal Design" (2008), reordered; the yellow is left out, as it is lost on white.
 */

/** Blue, vermilion, green, reddish purple, orange, sky blue, grey. */
export const PALETTE = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#6b6b6b'] as const;

/** The colour of the i-th series; they repeat after the last. */
export const seriesColour = (i: number): string => PALETTE[i % PALETTE.length] as string;

/** Red, green and blue, 0 … 255. */
export type Rgb = readonly [number, number, number];

/** `#rrggbb` as numbers. */
export function rgbOf(hex: string): Rgb {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  return [r, g, b];
}

/** `#rrggbb` with an opacity in [0, 1], as CSS writes it. */
export function withOpacity(colour: string, opacity: number): string {
  const [r, g, b] = rgbOf(colour);
  return `rgba(${r},${g},${b},${opacity})`;
}

/** Ink, and lighter shades of it for axes and grids; figures stand on white. */
export const INK = { text: '#1f2328', muted: '#57606a', axis: '#8c959f', grid: '#e7eaee', paper: '#ffffff' } as const;

/** In pixels; a PNG has twice as many. */
export const FIGURE_SIZE = { width: 760, height: 440 } as const;
export const FONT = { family: 'system-ui, sans-serif', size: 15 } as const;
/** Of the numbers and names along an axis, and of the legend. */
export const TICK_SIZE = 14;
export const TITLE_SIZE = 18;

const axis = {
  gridcolor: INK.grid,
  linecolor: INK.axis,
  showline: true,
  ticks: 'outside',
  tickcolor: INK.axis,
  ticklen: 5,
  zeroline: false,
  automargin: true,
  tickfont: { size: TICK_SIZE, color: INK.muted },
  title: { standoff: 12, font: { size: FONT.size } },
};

/** Room above the plot, in pixels: that of the title and of the legend, and of its further rows, are added where there is one. */
export const TOP = { bare: 20, title: 36, legend: 30, legendRow: 21 } as const;

/** A Plotly template: what a figure's own layout does not say. Legend above the plot, title at the left. */
export const TEMPLATE = {
  layout: {
    font: { family: FONT.family, size: FONT.size, color: INK.text },
    colorway: [...PALETTE],
    colorscale: { sequential: 'Cividis', sequentialminus: 'Cividis', diverging: 'RdBu' },
    paper_bgcolor: INK.paper,
    plot_bgcolor: INK.paper,
    margin: { l: 56, r: 24, t: TOP.bare, b: 48 },
    title: {
      x: 0,
      xref: 'paper',
      xanchor: 'left',
      y: 1,
      yref: 'container',
      yanchor: 'top',
      pad: { t: 16 },
      font: { size: TITLE_SIZE },
    },
    legend: {
      orientation: 'h',
      traceorder: 'normal',
      x: 0,
      xanchor: 'left',
      y: 1.01,
      yanchor: 'bottom',
      font: { size: TICK_SIZE },
    },
    hoverlabel: { font: { family: FONT.family } },
    xaxis: axis,
    yaxis: axis,
  },
  data: {
    scatter: [{ type: 'scatter', line: { width: 2.5 }, marker: { size: 8 } }],
    bar: [{ type: 'bar', marker: { line: { width: 0 } } }],
    heatmap: [{ type: 'heatmap', colorscale: 'Cividis', colorbar: { outlinewidth: 0, thickness: 14 } }],
  },
} as const;
