/**
 * What detectors find in pictures, beside what is there: a row a picture, a column a network. Each box says what became of it by its line, by
 * a sign before its label and by its colour: ✓ solid found, ✗ dotted found where nothing is, dashed an object that was not found.
 */

import { imageAt } from '../../data/images/imageSet';
import type { ImageSet } from '../../data/types';
import { boxAt, selectBoxes } from '../../detection/boxes';
import { boxLabel, type DrawnBox } from '../../detection/boxesSvg';
import type { Detections, EvaluatedImage, Objects } from '../../detection/detections';
import { imageOutcomes } from '../../detection/evaluation/imageOutcomes';
import { knownKeys, listIn, neededKeys, numberIn, objectIn, objectsIn, refuse, refusePhrase } from '../../util/check';
import { count, counted } from '../../util/text';
import { display } from '../display/display';
import { rasterize, textWidth } from '../render/raster';
import { imagesSvg, type Picture } from './images';
import type { Legend } from './overlay';
import { INK } from './theme';

/** Options of `showDetections`. */
export interface DetectionPicturesOptions {
  readonly classNames: readonly string[];
  /** Above the grid. */
  readonly title?: string;
  /** At the left of each row; default `1`, `2`, … */
  readonly rowTitles?: readonly string[];
  /** Detections from this score on are drawn and judged; default 0.5. */
  readonly score?: number;
  /** The least intersection over union of a detection that found its object; default 0.5. */
  readonly overlap?: number;
  /** Side of a pixel of the images, in pixels of the screen. Default: what makes a column about 200 wide. */
  readonly scale?: number;
}

const OPTIONS = ['classNames', 'title', 'rowTitles', 'score', 'overlap', 'scale'];
const COLUMN_WIDTH = 200;

/** How a box is drawn by what became of it. Colours are dark enough for text on white. */
const STYLES = {
  truth: { sign: '', colour: '#1f2328', line: 'solid', words: 'an object' },
  hit: { sign: '✓ ', colour: '#00704f', line: 'solid', words: 'found' },
  false: { sign: '✗ ', colour: '#b04000', line: 'dotted', words: 'false: nothing of this class is there' },
  missed: { sign: '– ', colour: '#0072b2', line: 'dashed', words: 'missed: there, but not found' },
  neither: { sign: '· ', colour: '#6b6b6b', line: 'dotted', words: 'does not count' },
} as const satisfies Readonly<
  Record<string, Pick<DrawnBox, 'colour' | 'line'> & { readonly sign: string; readonly words: string }>
>;

type Style = keyof typeof STYLES;

/**
 * Shows pictures with the boxes of several networks side by side as one PNG; as text, how many were found, missed and false in each.
 * @param images as the networks see them: `readImages(data.test, [0, 1])` @param found by the title of a column, of each image
 * (`detectedImages`), in pixels of the images
 * @throws InputError for options that are not known, no column, and columns that have not as many images
 * @example
 * ```ts
 * import { type DecodedImage, type ImageSet, showDetections } from 'iekd';
 * declare const images: ImageSet; // some pictures, and what two networks found in them
 * declare const [teacher, student]: [DecodedImage[], DecodedImage[]];
 *
 * showDetections(images, { teacher, student }, { classNames: ['RBC', 'WBC', 'Platelets'] });
 * ```
 */
export function showDetections(
  images: ImageSet,
  found: Readonly<Record<string, readonly EvaluatedImage[]>>,
  options: DetectionPicturesOptions,
): void {
  const { svg, width, height, text } = detectionPictures(images, found, options);
  const png = rasterize(svg).toString('base64');
  display({ 'image/png': png, 'text/plain': text }, { 'image/png': { width, height } });
}

/** The grid of `showDetections` as SVG, its size in pixels, and what it says in words. @throws InputError as `showDetections` does */
export function detectionPictures(
  images: ImageSet,
  found: Readonly<Record<string, readonly EvaluatedImage[]>>,
  options: DetectionPicturesOptions,
): { readonly svg: string; readonly width: number; readonly height: number; readonly text: string } {
  const where = 'showDetections';
  objectIn(where, 'images, as readImages gives them', images, ['images', 'count']);
  knownKeys(where, options, OPTIONS);
  neededKeys(where, options, ['classNames']);
  listIn(`${where}: classNames`, 'names', options.classNames);
  for (const name of ['score', 'overlap'] as const) numberIn(`${where}: ${name}`, options[name] ?? 0.5, 0, 1);
  const columns = columnsOf(where, images, found);
  const rows = Array.from({ length: images.count }, (_, i) => rowOf(i, images, columns, options));
  const { title, rowTitles = rows.map((_, i) => String(i + 1)), scale = COLUMN_WIDTH / images.width } = options;
  const drawn = rows.map(({ pictures }) => pictures);
  const grid = { columnTitles: ['truth', ...columns.map(([name]) => name)], rowTitles, scale, ...(title ? { title } : {}) };
  const lines = rows.map(({ words }, i) => `${rowTitles[i] ?? i + 1}: ${words}`);
  return {
    ...imagesSvg(drawn, grid, keyOf(rows.flatMap(({ styles }) => styles))),
    text: [title ?? 'Detections', ...lines].join('\n'),
  };
}

type Columns = readonly (readonly [string, readonly EvaluatedImage[]])[];

function columnsOf(
  where: string,
  { count: expected }: ImageSet,
  found: Readonly<Record<string, readonly EvaluatedImage[]>>,
): Columns {
  const columns = Object.entries(objectIn(where, 'what was found, by the title of a column', found, []));
  if (columns.length === 0) throw refuse(where, 'one column at least', found);
  for (const [name, own] of columns) {
    objectsIn(`${where}: ${name}`, 'images, as detectedImages gives them', own, ['objects', 'detections']);
    if (own.length !== expected) throw refusePhrase(`${where}: ${name}`, counted(expected, 'image'), count(own.length));
  }
  return columns;
}

interface Row {
  readonly pictures: readonly Picture[];
  readonly styles: readonly Style[];
  readonly words: string;
}

function rowOf(i: number, images: ImageSet, columns: Columns, options: DetectionPicturesOptions): Row {
  const { height, width, channels } = images;
  const image = { pixels: imageAt(images, i), height, width, channels };
  const [{ objects }] = columns.map(([, own]) => own[i]) as [EvaluatedImage];
  const truth = [...objects.classes.keys()].map((k) => drawnBox(objects, k, 'truth', options));
  const judged = columns.map(([name, own]) => ({ name, ...judge(own[i] as EvaluatedImage, options) }));
  return {
    pictures: [
      { ...image, boxes: truth, caption: counted(truth.length, 'object') },
      ...judged.map(({ boxes, caption }) => ({ ...image, boxes, caption })),
    ],
    styles: judged.flatMap(({ styles }) => styles),
    words: [counted(truth.length, 'object'), ...judged.map(({ name, caption }) => `${name} ${caption}`)].join('; '),
  };
}

/** The boxes of one picture and one network, and how many of each kind. */
function judge({ objects, detections }: EvaluatedImage, options: DetectionPicturesOptions) {
  const { score = 0.5, overlap = 0.5 } = options;
  const shown = above(detections, score);
  const outcomes = imageOutcomes({ objects, detections: shown }, { overlap });
  const ofDetection = Array.from(outcomes.detections, (one): Style => (one === 1 ? 'hit' : one === 0 ? 'false' : 'neither'));
  const missed = [...outcomes.objects.keys()].filter((k) => outcomes.objects[k] === 0);
  const [hits, misses] = (['hit', 'false'] as const).map((style) => ofDetection.filter((one) => one === style).length);
  return {
    boxes: [
      ...missed.map((k) => drawnBox(objects, k, 'missed', options)),
      ...ofDetection.map((style, k) => drawnBox(shown, k, style, options)),
    ],
    styles: [...ofDetection, ...missed.map((): Style => 'missed')],
    caption: `${hits} found, ${missed.length} missed, ${misses} false`,
  };
}

function above({ boxes, classes, scores }: Detections, least: number): Detections {
  const kept = [...scores.keys()].filter((i) => (scores[i] as number) >= least);
  return {
    boxes: selectBoxes(boxes, kept),
    classes: Int32Array.from(kept, (i) => classes[i] as number),
    scores: Float64Array.from(kept, (i) => scores[i] as number),
  };
}

function drawnBox(of: Objects | Detections, i: number, style: Style, { classNames }: DetectionPicturesOptions): DrawnBox {
  const { sign, colour, line } = STYLES[style];
  const score = 'scores' in of ? of.scores[i] : undefined;
  return { corners: boxAt(of.boxes, i), colour, line, label: sign + boxLabel(classNames, of.classes[i] as number, score) };
}

const KEY = { size: 12, sample: 26, gap: 18 } as const;

/** What the lines and signs mean that occur. */
function keyOf(styles: readonly Style[]): Legend {
  const entries = (['hit', 'missed', 'false', 'neither'] as const)
    .filter((style) => styles.includes(style))
    .map((style) => STYLES[style]);
  const widths = entries.map(({ sign, words }) => KEY.sample + 6 + textWidth(sign + words, KEY.size) + KEY.gap);
  const at = (i: number): number => widths.slice(0, i).reduce((sum, width) => sum + width, 0);
  return {
    width: Math.ceil(at(entries.length)),
    svg: (x, y) =>
      entries
        .map(({ sign, words, colour, line }, i) => {
          const dash = { solid: '', dashed: ' stroke-dasharray="4 2"', dotted: ' stroke-dasharray="1.5 2"' }[line];
          const [left, middle] = [x + at(i), y + 6];
          const sample = `<path d="M${left} ${middle}h${KEY.sample}" stroke="${colour}" stroke-width="1.5"${dash}/>`;
          const place = `x="${left + KEY.sample + 6}" y="${middle + 4}" font-size="${KEY.size}"`;
          return `${sample}<text ${place} fill="${INK.muted}">${sign}${words}</text>`;
        })
        .join(''),
  };
}
