/** Boxes over a picture as elements of SVG: found ones with class and score, true ones dashed. Colours are those of Okabe and Ito (2008). */
import { objectIn } from '../util/check';
import { count as countText, escapeHtml } from '../util/text';
import { boxAt, boxCount } from './boxes';
import type { Detections, Objects } from './detections';

/** Told apart with every kind of colour vision; a class beyond the eighth has one of these again. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#f0e442', '#000000'] as const;

/** Of `boxesSvg`. */
export interface BoxesOptions {
  readonly classNames: readonly string[];
  /** [height, width] of the picture in pixels; boxes are in units of it, [0, 1]. */
  readonly size: readonly [height: number, width: number];
  /** Detections below it are not drawn; default 0.5. */
  readonly score?: number;
}

/** Rectangles and labels, without an `<svg>` around them. Given objects are true ones. */
export function boxesSvg(boxes: Objects | Detections, options: BoxesOptions): string {
  objectIn('boxesSvg', 'objects or detections', boxes, ['boxes', 'classes']);
  objectIn('boxesSvg: options', 'an object with classNames and size', options, ['classNames', 'size']);
  const { classNames, size, score: least = 0.5 } = options;
  const [height, width] = size;
  const scores = 'scores' in boxes ? boxes.scores : undefined;
  const shown = Array.from({ length: boxCount(boxes.boxes) }, (_, i) => i).filter((i) => (scores?.[i] ?? 1) >= least);
  return shown
    .map((i) => {
      const [x1, y1, x2, y2] = boxAt(boxes.boxes, i);
      const ofClass = boxes.classes[i] as number;
      const label = boxLabel(classNames, ofClass, scores?.[i]);
      const colour = COLOURS[ofClass % COLOURS.length] as string;
      const corners = [x1 * width, y1 * height, x2 * width, y2 * height] as const;
      return boxSvg({ corners, colour, label, line: scores ? 'solid' : 'dashed' });
    })
    .join('');
}

/** `RBC 91 %`, or the class alone. @param score in [0, 1] */
export function boxLabel(classNames: readonly string[], ofClass: number, score?: number): string {
  const name = classNames[ofClass] ?? `class ${ofClass}`;
  return score === undefined ? name : `${name} ${countText(Math.round(100 * score))} %`;
}

/** How the outline of a box is drawn, as SVG's `stroke-dasharray`. */
const LINES = { solid: undefined, dashed: '4 2', dotted: '1.5 2' } as const;

/** One box to be drawn. */
export interface DrawnBox {
  /** x1, y1, x2, y2 in pixels of the picture. */
  readonly corners: readonly [number, number, number, number];
  /** `#rrggbb` */
  readonly colour: string;
  readonly label: string;
  /** Default solid. */
  readonly line?: keyof typeof LINES;
}

/** The label is above the box, or within it where there is no room; on whatever ground, it has a white edge. */
export function boxSvg({ corners: [left, top, right, bottom], colour, label, line = 'solid' }: DrawnBox): string {
  const dash = LINES[line] === undefined ? '' : ` stroke-dasharray="${LINES[line]}"`;
  const at = `x="${short(left)}" y="${short(top)}" width="${short(right - left)}" height="${short(bottom - top)}"`;
  const y = top >= 10 ? top - 3 : top + 9;
  const edge = 'paint-order="stroke" stroke="#ffffff" stroke-width="2" stroke-linejoin="round"';
  const text = `<text x="${short(left + 1)}" y="${short(y)}" font-size="9" ${edge} fill="${colour}">${escapeHtml(label)}</text>`;
  return `<rect ${at} fill="none" stroke="${colour}" stroke-width="1.5"${dash}/>${label === '' ? '' : text}`;
}

const short = (value: number): string => String(Math.round(100 * value) / 100);
