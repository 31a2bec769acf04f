/** Of the 2D canvas what Plotly's heat maps need, for a window that has none: filled rectangles, image data, and a PNG. */
import { encodePng } from '../../kernel/display/png';
import { textWidth } from './raster';

/** A class of the window, whose methods may be given. */
export type Prototype = { prototype: Record<string, unknown> };

interface Canvas {
  readonly width: number;
  readonly height: number;
  pixels?: Uint8ClampedArray;
}

/** Gives the canvases of a window a 2D context, and a PNG of what was drawn. */
export function giveCanvas(window: { readonly HTMLCanvasElement: Prototype }): void {
  const prototype = window.HTMLCanvasElement.prototype;
  prototype['getContext'] = function (this: Canvas, kind: string): object | null {
    return kind === '2d' ? context(this) : null;
  };
  prototype['toDataURL'] = function (this: Canvas): string {
    return `data:image/png;base64,${encodePng(pixelsOf(this), this.height, this.width, 4).toString('base64')}`;
  };
}

interface ImageData {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

function pixelsOf(canvas: Canvas): Uint8ClampedArray {
  const size = canvas.width * canvas.height * 4;
  if (canvas.pixels?.length !== size) canvas.pixels = new Uint8ClampedArray(size);
  return canvas.pixels;
}

function context(canvas: Canvas): object {
  const nothing = (): void => undefined;
  const image = (width: number, height: number): ImageData => ({
    width,
    height,
    data: new Uint8ClampedArray(width * height * 4),
  });
  return {
    canvas,
    fillStyle: '#000',
    measureText: (text: string) => ({ width: textWidth(text, 12) }),
    createImageData: image,
    putImageData({ width, height, data }: ImageData, x: number, y: number): void {
      for (let row = 0; row < height; row++) {
        pixelsOf(canvas).set(data.subarray(row * width * 4, (row + 1) * width * 4), ((row + y) * canvas.width + x) * 4);
      }
    },
    fillRect(this: { fillStyle: string }, x: number, y: number, width: number, height: number): void {
      fill(canvas, this.fillStyle, [x, y, x + width, y + height]);
    },
    clearRect: nothing,
    save: nothing,
    restore: nothing,
    scale: nothing,
    translate: nothing,
    setTransform: nothing,
  };
}

function fill(canvas: Canvas, style: string, [left, top, right, bottom]: readonly [number, number, number, number]): void {
  const [r = 0, g = 0, b = 0, a = 1] = (/rgba?\(([^)]+)\)/.exec(style)?.[1] ?? '0,0,0').split(',').map(Number);
  const pixels = pixelsOf(canvas);
  for (let y = Math.max(0, Math.round(top)); y < Math.min(canvas.height, Math.round(bottom)); y++) {
    for (let x = Math.max(0, Math.round(left)); x < Math.min(canvas.width, Math.round(right)); x++) {
      pixels.set([r, g, b, 255 * a], (y * canvas.width + x) * 4);
    }
  }
}
