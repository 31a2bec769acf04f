/**
 * Where SVG elements lie, for a window without a layout engine: text is measured in the font that `raster` draws with,
 * transforms are followed, groups are as large as what is in them. Paths have no size here: Plotly asks only for text,
 * rectangles and groups of them.
 */
import { textWidth } from './raster';

/** What is read of a DOM element. */
export interface SvgElement {
  readonly tagName: string;
  readonly textContent: string | null;
  readonly parentNode: SvgElement | null;
  readonly children: ArrayLike<SvgElement>;
  readonly style?: Readonly<Record<string, string>>;
  getAttribute?(name: string): string | null;
}

/** A rectangle; undefined where there is nothing. */
interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Affine map: x' = a·x + c·y + e, y' = b·x + d·y + f. */
type Matrix = readonly [number, number, number, number, number, number];

const LINE_HEIGHT = 1.3;
/** Of the font's size, above the base line. */
const ASCENT = 0.93;

/** As the DOM's `getBBox`: in the element's own coordinates. */
export function elementBox(element: SvgElement): object {
  return rectangle(localBox(element));
}

/** As the DOM's `getBoundingClientRect`: in the page's coordinates. */
export function pageBox(element: SvgElement): object {
  let box = localBox(element);
  for (let e: SvgElement | null = element; box && e?.getAttribute; e = e.parentNode) box = mapped(box, matrixOf(e));
  return rectangle(box);
}

/** Width of a text element's longest line. */
export function textLength(element: SvgElement): number {
  const { size, bold } = fontOf(element);
  return Math.max(0, ...linesOf(element).map((line) => textWidth(line.textContent ?? '', size, bold)));
}

function rectangle(box: Box | undefined): object {
  const { left, top, right, bottom } = box ?? { left: 0, top: 0, right: 0, bottom: 0 };
  return { x: left, y: top, left, top, right, bottom, width: right - left, height: bottom - top };
}

function localBox(element: SvgElement): Box | undefined {
  const tag = element.tagName.toLowerCase();
  if (tag === 'text' || tag === 'tspan') return textBox(element);
  if (tag === 'rect' || tag === 'image') {
    const [x, y] = [number(element, 'x'), number(element, 'y')];
    return { left: x, top: y, right: x + number(element, 'width'), bottom: y + number(element, 'height') };
  }
  if (tag === 'defs' || tag === 'clippath') return undefined;
  let all: Box | undefined;
  for (const child of Array.from(element.children)) {
    const box = localBox(child);
    if (box) all = union(all, mapped(box, matrixOf(child)));
  }
  return all;
}

function textBox(element: SvgElement): Box | undefined {
  if (!element.textContent) return undefined;
  const { size } = fontOf(element);
  const width = textLength(element);
  const first = linesOf(element)[0] ?? element;
  const x = number(first.getAttribute?.('x') ? first : element, 'x');
  const y = number(first.getAttribute?.('y') ? first : element, 'y');
  const anchor = inherited(element, 'text-anchor', 'textAnchor') ?? 'start';
  const left = x - (anchor === 'middle' ? width / 2 : anchor === 'end' ? width : 0);
  const top = y - ASCENT * size;
  return { left, top, right: left + width, bottom: top + size * LINE_HEIGHT * linesOf(element).length };
}

/** Plotly writes a text of several lines as `tspan.line`s. */
function linesOf(element: SvgElement): SvgElement[] {
  const lines = Array.from(element.children).filter((child) => child.getAttribute?.('class') === 'line');
  return lines.length > 0 ? lines : [element];
}

function fontOf(element: SvgElement): { size: number; bold: boolean } {
  const size = Number.parseFloat(inherited(element, 'font-size', 'fontSize') ?? '12');
  return { size, bold: /^(bold|[6-9]00)/.test(inherited(element, 'font-weight', 'fontWeight') ?? '') };
}

function inherited(element: SvgElement, attribute: string, property: string): string | undefined {
  for (let e: SvgElement | null = element; e?.getAttribute; e = e.parentNode) {
    const value = e.style?.[property] || e.getAttribute(attribute);
    if (value) return value;
  }
  return undefined;
}

function number(element: SvgElement, attribute: string): number {
  return Number.parseFloat(element.getAttribute?.(attribute) ?? '') || 0;
}

function union(a: Box | undefined, b: Box): Box {
  if (!a) return b;
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  };
}

function mapped({ left, top, right, bottom }: Box, [a, b, c, d, e, f]: Matrix): Box {
  const [xs, ys]: [number[], number[]] = [[], []];
  for (const x of [left, right]) {
    for (const y of [top, bottom]) {
      xs.push(a * x + c * y + e);
      ys.push(b * x + d * y + f);
    }
  }
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

function times([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, l]: Matrix): Matrix {
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f];
}

const move = (x: number, y: number): Matrix => [1, 0, 0, 1, x, y];

/** The element's `transform`: translate, rotate and scale, applied from right to left. */
function matrixOf(element: SvgElement): Matrix {
  let all = move(0, 0);
  for (const [, name, list = ''] of (element.getAttribute?.('transform') ?? '').matchAll(/(\w+)\(([^)]*)\)/g)) {
    const [x = 0, y, z = 0] = list.split(/[\s,]+/).map(Number.parseFloat);
    if (name === 'translate') all = times(all, move(x, y ?? 0));
    else if (name === 'scale') all = times(all, [x, 0, 0, y ?? x, 0, 0]);
    else if (name === 'rotate') all = times(all, rotation(x, y ?? 0, z));
  }
  return all;
}

function rotation(degrees: number, x: number, y: number): Matrix {
  const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return times(times(move(x, y), [c, s, -s, c, 0, 0]), move(-x, -y));
}
