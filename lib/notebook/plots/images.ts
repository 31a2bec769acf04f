/**
 * Grids of small images as one picture: every pixel a sharp square, captions below, titles beside rows and above columns; over an
 * image what a map of relevance says of its pixels, or boxes with their labels, around it a frame that says what it is an example of.
 */
import { boxSvg, type DrawnBox } from '../../detection/boxesSvg';
import { encodePng } from '../../kernel/display/png';
import { integerIn, knownKeys, listIn, refuse } from '../../util/check';
import { display, escapeHtml } from '../display/display';
import { rasterize, textWidth } from '../render/raster';
import { checkOverlay, commonRange, LEGEND_HEIGHT, type Legend, type Overlay, overlaid, overlayLegend } from './overlay';
import { INK } from './theme';

/** What an image is an example of: a sign before its caption, in the colour of its frame; never a colour alone. */
export interface Mark {
  /** One character or a few. */
  readonly sign: string;
  /** `#rrggbb`, dark enough for text on white. */
  readonly colour: string;
}

/** Marks of a network's answers: ✓ in green for right ones, ✗ in vermilion for wrong ones. */
export const MARKS = { right: { sign: '✓', colour: '#00704f' }, wrong: { sign: '✗', colour: '#b04000' } } as const;

/** One image. */
export interface Picture {
  /** `[height, width, channels]`, row by row: bytes as a Uint8Array or Uint8ClampedArray, else numbers in [0, 1]. */
  readonly pixels: Uint8Array | Uint8ClampedArray | Float32Array | readonly number[];
  /** In pixels, 1 … 1024. */
  readonly height: number;
  /** In pixels, 1 … 1024. */
  readonly width: number;
  /** 1 (grey) or 3 (RGB). */
  readonly channels: number;
  /** Below the image; cut where it is wider than its column. */
  readonly caption?: string;
  /** A signed map over the image, which is then grey. */
  readonly overlay?: Overlay;
  /** Frame, sign and colour of the caption: `MARKS.right`, `MARKS.wrong`. */
  readonly mark?: Mark;
  /** Over the image and its map; corners in pixels of the image. */
  readonly boxes?: readonly DrawnBox[];
}

/** Options of `showImages`. */
export interface ImagesOptions {
  /** Above the grid. */
  readonly title?: string;
  /** At the left of each row. */
  readonly rowTitles?: readonly string[];
  /** Above each column. */
  readonly columnTitles?: readonly string[];
  /** Side of a pixel of the largest image, in pixels of the screen; smaller images are made as large. Default: what makes the grid about 720 pixels wide, at most 4. */
  readonly scale?: number;
  /** What overlays show: beside their scale of colours, below the grid. */
  readonly legend?: string;
}

const OPTIONS = ['title', 'rowTitles', 'columnTitles', 'scale', 'legend'];

/** In pixels. */
const FONT = { title: 16, label: 14, caption: 12 } as const;
const LINE = 20;
const GAP = 8;
const WANTED_WIDTH = 720;
/** Captions and titles of columns may be this wide; longer ones are cut. */
const WIDEST_CAPTION = 96;
const LARGEST_SCALE = 4;
/** Of the frame of a marked image, which stands around it. */
const FRAME = 3;
/** No grid needs more images, and no image more pixels. */
const MOST_IMAGES = 2500;
const LARGEST_SIDE = 1024;

/**
 * Shows a grid of images as one PNG, every pixel a sharp square.
 * @param images rows of images; or one list of images, which is wrapped into rows of ten. 2500 images at most
 * @throws InputError for options that are not known, no or too many images, rows and images mixed, sides outside 1 … 1024, another
 * number of pixels than height × width × channels, a mark without a sign or with a colour that is not `#rrggbb`, and an overlay of
 * another size, with values that are not finite or a range that is not above 0
 * @example
 * ```ts
 * import { MARKS, showImages } from 'iekd';
 *
 * const size = { height: 8, width: 8, channels: 1 };
 * const pixels = Array.from({ length: 64 }, (_, i) => i / 63);
 * const dark = { ...size, pixels, caption: 'dark above', mark: MARKS.right };
 * const light = { ...size, pixels: [...pixels].reverse(), caption: 'light above', mark: MARKS.wrong };
 * showImages([dark, light], { title: 'Two gradients' });
 * ```
 */
export function showImages(images: readonly (readonly Picture[])[] | readonly Picture[], options: ImagesOptions = {}): void {
  const rows = toRows(images);
  const { svg, width, height } = imagesSvg(rows, options);
  const text = `Images: ${options.title ?? `${rows.flat().length} of them`}`;
  const png = rasterize(svg).toString('base64');
  display({ 'image/png': png, 'text/plain': text }, { 'image/png': { width, height } });
}

function toRows(images: readonly (readonly Picture[])[] | readonly Picture[]): (readonly Picture[])[] {
  const isRow = (entry: readonly Picture[] | Picture): entry is readonly Picture[] => Array.isArray(entry);
  const entries: readonly (readonly Picture[] | Picture)[] = listIn<readonly Picture[] | Picture>('showImages', 'images', images);
  if (entries.every(isRow)) return [...entries];
  const single = entries.filter((entry): entry is Picture => !isRow(entry));
  if (single.length < entries.length) throw refuse('showImages', 'rows of images, or images', 'both');
  return Array.from({ length: Math.ceil(single.length / 10) }, (_, i) => single.slice(10 * i, 10 * i + 10));
}

/** The grid of `showImages` as SVG, and its size in pixels. @param key below it, in place of the legend of overlays @throws InputError as `showImages` does */
export function imagesSvg(
  rows: readonly (readonly Picture[])[],
  options: ImagesOptions = {},
  key?: Legend,
): { readonly svg: string; readonly width: number; readonly height: number } {
  knownKeys('showImages', options, OPTIONS);
  integerIn('showImages: number of images', rows.flat().length, 1, MOST_IMAGES);
  rows.flat().forEach(check);
  const shown = withRanges(rows);
  const ranges = shown.flat().flatMap(({ overlay }) => (overlay ? [overlay.range] : []));
  const legend = key ?? (ranges.length > 0 ? overlayLegend(ranges, options.legend) : undefined);
  const grid = layOut(rows, options, legend);
  const { width, height } = grid;
  const cells = shown.map((row, i) => row.map((image, j) => cell(grid, image, i, j)).join('')).join('');
  const body = titles(grid, options) + cells + (legend?.svg(grid.left, height - LEGEND_HEIGHT + 10) ?? '');
  const open = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" fill="${INK.text}">`;
  return { svg: `${open}<rect width="100%" height="100%" fill="${INK.paper}"/>${body}</svg>`, width, height };
}

/** A picture whose map has a range. */
interface Shown extends Picture {
  readonly overlay?: Required<Overlay>;
}

function withRanges(rows: readonly (readonly Picture[])[]): Shown[][] {
  const range = commonRange(rows.flat().flatMap(({ overlay }) => overlay ?? []));
  return rows.map((row) =>
    row.map(({ overlay, ...rest }) => (overlay ? { ...rest, overlay: { ...overlay, range: overlay.range ?? range } } : rest)),
  );
}

/** Where everything stands. */
interface Grid {
  readonly columns: number;
  /** Of the place of one image. */
  readonly cellWidth: number;
  readonly cellHeight: number;
  /** Room for frames around each image. */
  readonly frame: number;
  /** From one image to the next. */
  readonly pitch: number;
  readonly left: number;
  /** Top of each row of images. */
  readonly tops: readonly number[];
  readonly width: number;
  readonly height: number;
}

function layOut(rows: readonly (readonly Picture[])[], options: ImagesOptions, legend: Legend | undefined): Grid {
  const { title, rowTitles = [], columnTitles = [], scale } = options;
  const images = rows.flat();
  const columns = Math.max(...rows.map((row) => row.length));
  const frame = images.some(({ mark }) => mark) ? FRAME : 0;
  const widest = Math.max(...images.map((image) => image.width));
  const left = rowTitles.length > 0 ? Math.ceil(Math.max(...rowTitles.map((text) => textWidth(text, FONT.label)))) + 12 : 0;
  const room = (WANTED_WIDTH - left - (GAP + 2 * frame) * columns + GAP) / (columns * widest);
  const captions = images.map((image) => textWidth(captionOf(image), FONT.caption));
  const titleWidths = columnTitles.slice(0, columns).map((text) => textWidth(text, FONT.label));
  const words = Math.min(WIDEST_CAPTION, Math.max(0, ...captions, ...titleWidths));
  const fitting = Math.floor(2 * Math.max(room, words / widest)) / 2; // halves: the PNG has twice the pixels
  const used = scale ?? Math.max(1, Math.min(LARGEST_SCALE, fitting));
  const [cellWidth, cellHeight] = [widest * used, Math.max(...images.map((image) => image.height)) * used];
  const pitch = Math.ceil(Math.max(cellWidth + 2 * frame, words)) + GAP;
  const tops: number[] = [];
  let y = (title ? LINE + GAP : 0) + (columnTitles.length > 0 ? LINE : 0);
  for (const row of rows) {
    tops.push(y + frame);
    y += cellHeight + 2 * frame + GAP + (row.some(captionOf) ? LINE - 4 : 0);
  }
  const wide = Math.max(left + columns * pitch - GAP, title ? textWidth(title, FONT.title) : 0, legend ? left + legend.width : 0);
  const height = Math.ceil(y) + (legend ? LEGEND_HEIGHT : 0);
  return { columns, cellWidth, cellHeight, frame, pitch, left, tops, width: Math.ceil(wide), height };
}

/** Middle of a column. */
const middle = ({ left, pitch }: Grid, column: number): number => left + column * pitch + (pitch - GAP) / 2;

function titles(grid: Grid, { title, rowTitles = [], columnTitles = [] }: ImagesOptions): string {
  const [first = 0] = grid.tops;
  return [
    title ? write(0, 17, title, FONT.title) : '',
    ...columnTitles.slice(0, grid.columns).map((text, j) => {
      return write(middle(grid, j), first - grid.frame - 6, shortened(text, grid.pitch - 2, FONT.label), FONT.label, 'middle');
    }),
    ...rowTitles.slice(0, grid.tops.length).map((text, i) => {
      return write(grid.left - 12, (grid.tops[i] ?? 0) + grid.cellHeight / 2 + 5, text, FONT.label, 'end');
    }),
  ].join('');
}

function cell(grid: Grid, image: Shown, row: number, column: number): string {
  const { cellWidth, cellHeight, frame, pitch, tops } = grid;
  const scale = Math.min(cellWidth / image.width, cellHeight / image.height); // smaller images have larger pixels
  const [wide, high] = [image.width * scale, image.height * scale];
  const [x, y] = [middle(grid, column), tops[row] ?? 0];
  const png = pngOf(image).toString('base64');
  const place = `x="${x - wide / 2}" y="${y}" width="${wide}" height="${high}"`;
  const pixels = `<image ${place} image-rendering="optimizeSpeed" href="data:image/png;base64,${png}"/>`;
  const picture = pixels + boxesOver(image, x - wide / 2, y, scale);
  const around = image.mark ? frameAround(x - wide / 2, y, wide, high, image.mark) : '';
  const caption = shortened(captionOf(image), pitch - 2, FONT.caption);
  if (caption === '') return picture;
  const ink = image.mark?.colour ?? INK.muted;
  return picture + around + write(x, y + cellHeight + frame + 14, caption, FONT.caption, 'middle', ink);
}

/** Scaled with the image, not with the words: labels have the same size over every image. What reaches over the image's edge is cut. */
function boxesOver({ boxes = [], width, height }: Picture, x: number, y: number, scale: number): string {
  if (boxes.length === 0) return '';
  const placed = boxes.map(({ corners: [x1, y1, x2, y2], ...rest }) =>
    boxSvg({ ...rest, corners: [x1 * scale, y1 * scale, x2 * scale, y2 * scale] }),
  );
  const place = `x="${x}" y="${y}" width="${width * scale}" height="${height * scale}"`;
  return `<svg ${place} overflow="hidden">${placed.join('')}</svg>`;
}

/** `✓ 7`: the sign before the words. */
const captionOf = ({ mark, caption }: Picture): string => [mark?.sign, caption].filter(Boolean).join(' ');

function frameAround(x: number, y: number, width: number, height: number, { colour }: Mark): string {
  const half = FRAME / 2;
  const place = `x="${x - half}" y="${y - half}" width="${width + FRAME}" height="${height + FRAME}"`;
  return `<rect ${place} fill="none" stroke="${colour}" stroke-width="${FRAME}"/>`;
}

function write(x: number, y: number, text: string, size: number, anchor = 'start', fill: string = INK.text): string {
  return `<text x="${x}" y="${y}" font-size="${size}" text-anchor="${anchor}" fill="${fill}">${escapeHtml(text)}</text>`;
}

function check({ pixels, height, width, channels, overlay, mark, boxes = [] }: Picture): void {
  integerIn('showImages: height', height, 1, LARGEST_SIDE);
  integerIn('showImages: width', width, 1, LARGEST_SIDE);
  const size = height * width * channels;
  if (pixels.length !== size) throw refuse('showImages', `${size} values for [${height}, ${width}, ${channels}]`, pixels.length);
  if (overlay) checkOverlay(overlay, height, width);
  if (mark && mark.sign.trim() === '')
    throw refuse('showImages: mark', 'a sign, for readers who do not see its colour', mark.sign);
  if (mark) checkColour('showImages: mark', mark.colour);
  for (const { corners, colour } of boxes) {
    checkColour('showImages: boxes', colour);
    if (corners.length !== 4 || !corners.every(Number.isFinite)) throw refuse('showImages: boxes', 'four corners', corners);
  }
}

function checkColour(where: string, colour: string): void {
  if (!/^#[0-9a-f]{6}$/i.test(colour)) throw refuse(where, 'a colour as #rrggbb', colour);
}

function pngOf(image: Shown): Buffer {
  const { height, width, channels, overlay } = image;
  if (!overlay) return encodePng(bytesOf(image), height, width, channels);
  return encodePng(overlaid(bytesOf(image), channels, overlay, overlay.range), height, width, 3);
}

function bytesOf({ pixels }: Picture): Uint8Array | Uint8ClampedArray {
  if (pixels instanceof Uint8Array || pixels instanceof Uint8ClampedArray) return pixels;
  return Uint8ClampedArray.from(pixels, (value) => 255 * value); // rounds, and keeps to 0 … 255
}

function shortened(text: string, width: number, size: number): string {
  let short = text;
  while (short.length > 1 && textWidth(short, size) > width) short = `${short.replace(/…$/, '').slice(0, -1)}…`;
  return short;
}
