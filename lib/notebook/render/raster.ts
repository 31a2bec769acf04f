/** SVG to PNG by resvg, with fonts that ship as an npm package: the same bytes on every machine and in every run. */

/** Pictures are made at twice their size, for fine screens. */
const PIXEL_RATIO = 2;

const FONTS = ['DejaVuSans', 'DejaVuSans-Bold'];

type Resvg = import('@resvg/resvg-js').Resvg;

/** @returns the PNG, `scale` times as large as the SVG says */
export function rasterize(svg: string, scale = PIXEL_RATIO): Buffer {
  return Buffer.from(parse(svg, scale).render().asPng());
}

/** Width of a text's ink in a font of 100 px. */
function inkWidth(text: string, bold: boolean): number {
  const weight = bold ? ' font-weight="bold"' : '';
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><text font-size="100"${weight}>${text}</text></svg>`;
  return parse(svg, 1).getBBox()?.width ?? 0;
}

function parse(svg: string, scale: number): Resvg {
  const { Resvg } = require('@resvg/resvg-js') as typeof import('@resvg/resvg-js'); // native: loaded when used
  return new Resvg(svg, {
    fitTo: { mode: 'zoom', value: scale },
    imageRendering: 1, // pixels of rasters stay sharp
    font: {
      loadSystemFonts: false,
      fontFiles: FONTS.map((name) => require.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`)),
      defaultFontFamily: 'DejaVu Sans',
      sansSerifFamily: 'DejaVu Sans',
      monospaceFamily: 'DejaVu Sans',
    },
  });
}

const widths = new Map<string, number>();

/** How far characters move the pen, in a font of 100 px: measured between two bars, once for each text. */
function advance(text: string, bold: boolean): number {
  const key = `${bold ? 'b' : 'r'}${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    const code = Array.from(text, (character) => `&#${character.codePointAt(0)};`).join('');
    width = inkWidth(`|${code}|`, bold) - (text === '' ? 0 : advance('', bold));
    widths.set(key, width);
  }
  return width;
}

/** Width of a line of text in the font that `rasterize` draws with, in pixels. */
export function textWidth(text: string, size: number, bold = false): number {
  let width = 0;
  for (const character of text) width += character < ' ' ? 0 : advance(character, bold);
  return (width * size) / 100;
}
