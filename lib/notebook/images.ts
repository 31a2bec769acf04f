/** Grids of small images as one picture: every pixel a sharp square, captions below, titles beside rows and above columns. */
import { integerIn, knownKeys, refuse } from '../util/check';
import { display, escapeHtml } from './display';
import { encodePng } from './png';
import { rasterize, textWidth } from './raster';
import { INK } from './theme';

/** One image. */
export interface Picture {
  /** [height, width, channels], row by row: bytes, or numbers in [0, 1]. */
  readonly pixels: Uint8Array | Uint8ClampedArray | Float32Array | readonly number[];
  readonly height: number;
  readonly width: number;
  /** 1 (grey) or 3 (RGB). */
  readonly channels: number;
  /** Below the image. */
  readonly caption?: string;
}

export interface ImagesOptions {
  /** Above the grid. */
  readonly title?: string;
  readonly rowTitles?: readonly string[];
  readonly columnTitles?: readonly string[];
  /** Side of a pixel of the largest image on the screen; smaller images are made as large. Default: what makes the grid about 720 pixels wide, at most 4. */
  readonly scale?: number;
}

const OPTIONS = ['title', 'rowTitles', 'columnTitles', 'scale'];

/** In pixels. */
const FONT = { title: 16, label: 14, caption: 12 } as const;
const LINE = 20;
const GAP = 8;
const WANTED_WIDTH = 720;
/** Captions and titles of columns may be this wide; longer ones are cut. */
const WIDEST_CAPTION = 96;
const LARGEST_SCALE = 4;
/** No grid needs more images, and no image more pixels. */
const MOST_IMAGES = 2500;
const LARGEST_SIDE = 1024;

/** Shows rows of images. A single list of images is wrapped into rows of ten. */
export function showImages(images: readonly (readonly Picture[])[] | readonly Picture[], options: ImagesOptions = {}): void {
  const rows = toRows(images);
  const { svg, width, height } = imagesSvg(rows, options);
  const text = `Images: ${options.title ?? `${rows.flat().length} of them`}`;
  const png = rasterize(svg).toString('base64');
  display({ 'image/png': png, 'text/plain': text }, { 'image/png': { width, height } });
}

function toRows(images: readonly (readonly Picture[])[] | readonly Picture[]): (readonly Picture[])[] {
  const isRow = (entry: readonly Picture[] | Picture): entry is readonly Picture[] => Array.isArray(entry);
  const entries: readonly (readonly Picture[] | Picture)[] = images;
  if (entries.every(isRow)) return [...entries];
  const single = entries.filter((entry): entry is Picture => !isRow(entry));
  if (single.length < entries.length) throw refuse('showImages', 'rows of images, or images', 'both');
  return Array.from({ length: Math.ceil(single.length / 10) }, (_, i) => single.slice(10 * i, 10 * i + 10));
}

/** The grid as SVG, and its size in pixels. */
export function imagesSvg(
  rows: readonly (readonly Picture[])[],
  options: ImagesOptions = {},
): { readonly svg: string; readonly width: number; readonly height: number } {
  knownKeys('showImages', options, OPTIONS);
  integerIn('showImages: number of images', rows.flat().length, 1, MOST_IMAGES);
  rows.flat().forEach(check);
  const grid = layOut(rows, options);
  const { width, height } = grid;
  const body = titles(grid, options) + rows.map((row, i) => row.map((image, j) => cell(grid, image, i, j)).join('')).join('');
  const open = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" fill="${INK.text}">`;
  return { svg: `${open}<rect width="100%" height="100%" fill="${INK.paper}"/>${body}</svg>`, width, height };
}

/** Where everything stands. */
interface Grid {
  readonly columns: number;
  /** Of the place of one image. */
  readonly cellWidth: number;
  readonly cellHeight: number;
  /** From one image to the next. */
  readonly pitch: number;
  readonly left: number;
  /** Top of each row of images. */
  readonly tops: readonly number[];
  readonly width: number;
  readonly height: number;
}

function layOut(rows: readonly (readonly Picture[])[], { title, rowTitles = [], columnTitles = [], scale }: ImagesOptions): Grid {
  const images = rows.flat();
  const columns = Math.max(...rows.map((row) => row.length));
  const widest = Math.max(...images.map((image) => image.width));
  const left = rowTitles.length > 0 ? Math.ceil(Math.max(...rowTitles.map((text) => textWidth(text, FONT.label)))) + 12 : 0;
  const room = (WANTED_WIDTH - left - GAP * (columns - 1)) / (columns * widest);
  const captions = images.map((image) => textWidth(image.caption ?? '', FONT.caption));
  const titleWidths = columnTitles.slice(0, columns).map((text) => textWidth(text, FONT.label));
  const words = Math.min(WIDEST_CAPTION, Math.max(0, ...captions, ...titleWidths));
  const fitting = Math.floor(2 * Math.max(room, words / widest)) / 2; // halves: the PNG has twice the pixels
  const used = scale ?? Math.max(1, Math.min(LARGEST_SCALE, fitting));
  const [cellWidth, cellHeight] = [widest * used, Math.max(...images.map((image) => image.height)) * used];
  const pitch = Math.ceil(Math.max(cellWidth, words)) + GAP;
  const tops: number[] = [];
  let y = (title ? LINE + GAP : 0) + (columnTitles.length > 0 ? LINE : 0);
  for (const row of rows) {
    tops.push(y);
    y += cellHeight + GAP + (row.some((image) => image.caption) ? LINE - 4 : 0);
  }
  const width = Math.ceil(Math.max(left + columns * pitch - GAP, title ? textWidth(title, FONT.title) : 0));
  return { columns, cellWidth, cellHeight, pitch, left, tops, width, height: Math.ceil(y) };
}

/** Middle of a column. */
const middle = ({ left, pitch }: Grid, column: number): number => left + column * pitch + (pitch - GAP) / 2;

function titles(grid: Grid, { title, rowTitles = [], columnTitles = [] }: ImagesOptions): string {
  const [first = 0] = grid.tops;
  return [
    title ? write(0, 17, title, FONT.title) : '',
    ...columnTitles.slice(0, grid.columns).map((text, j) => {
      return write(middle(grid, j), first - 6, shortened(text, grid.pitch - 2, FONT.label), FONT.label, 'middle');
    }),
    ...rowTitles.slice(0, grid.tops.length).map((text, i) => {
      return write(grid.left - 12, (grid.tops[i] ?? 0) + grid.cellHeight / 2 + 5, text, FONT.label, 'end');
    }),
  ].join('');
}

function cell(grid: Grid, image: Picture, row: number, column: number): string {
  const { cellWidth, cellHeight, pitch, tops } = grid;
  const scale = Math.min(cellWidth / image.width, cellHeight / image.height); // smaller images have larger pixels
  const [x, y] = [middle(grid, column), tops[row] ?? 0];
  const png = encodePng(bytesOf(image), image.height, image.width, image.channels).toString('base64');
  const place = `x="${x - (image.width * scale) / 2}" y="${y}" width="${image.width * scale}" height="${image.height * scale}"`;
  const picture = `<image ${place} image-rendering="optimizeSpeed" href="data:image/png;base64,${png}"/>`;
  if (!image.caption) return picture;
  const caption = shortened(image.caption, pitch - 2, FONT.caption);
  return picture + write(x, y + cellHeight + 14, caption, FONT.caption, 'middle', INK.muted);
}

function write(x: number, y: number, text: string, size: number, anchor = 'start', fill: string = INK.text): string {
  return `<text x="${x}" y="${y}" font-size="${size}" text-anchor="${anchor}" fill="${fill}">${escapeHtml(text)}</text>`;
}

function check({ pixels, height, width, channels }: Picture): void {
  integerIn('showImages: height', height, 1, LARGEST_SIDE);
  integerIn('showImages: width', width, 1, LARGEST_SIDE);
  const size = height * width * channels;
  if (pixels.length !== size) throw refuse('showImages', `${size} values for [${height}, ${width}, ${channels}]`, pixels.length);
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
