/** Grids of images, looked at pixel by pixel. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { imagesSvg, type Picture, showImages } from 'iekd/dist/notebook/images';
import { encodePng } from 'iekd/dist/notebook/png';
import { rasterize, textWidth } from 'iekd/dist/notebook/raster';
import { shown } from './shown';

interface Raster {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue at a place. */
  at(x: number, y: number): number[];
}

/** Pixels of an SVG at its own size. */
function pixelsOf(svg: string): Raster {
  const { Resvg } = require('@resvg/resvg-js') as typeof import('@resvg/resvg-js');
  const { pixels, width, height } = new Resvg(svg, { imageRendering: 1 }).render();
  return { width, height, at: (x, y) => [...pixels.subarray((y * width + x) * 4, (y * width + x) * 4 + 3)] };
}

const grey = (values: readonly number[], side = 2): Picture => ({
  pixels: Uint8Array.from(values),
  height: side,
  width: side,
  channels: 1,
});
const CHECKS = grey([0, 255, 200, 50]);

describe('PNG', () => {
  const cases: readonly (readonly [number, readonly number[], readonly number[][]])[] = [
    [
      1,
      [0, 128, 255, 7],
      [
        [0, 0, 0],
        [128, 128, 128],
        [255, 255, 255],
        [7, 7, 7],
      ],
    ],
    [
      3,
      [1, 2, 3, 40, 50, 60, 255, 0, 9, 8, 7, 6],
      [
        [1, 2, 3],
        [40, 50, 60],
        [255, 0, 9],
        [8, 7, 6],
      ],
    ],
    [
      4,
      [1, 2, 3, 255, 40, 50, 60, 255, 255, 0, 9, 255, 8, 7, 6, 255],
      [
        [1, 2, 3],
        [40, 50, 60],
        [255, 0, 9],
        [8, 7, 6],
      ],
    ],
  ];
  for (const [channels, values, expected] of cases) {
    it(`of ${channels} channels is read by a decoder as it was written`, () => {
      const png = encodePng(Uint8Array.from(values), 2, 2, channels).toString('base64');
      const raster = pixelsOf(
        `<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"><image width="2" height="2" href="data:image/png;base64,${png}"/></svg>`,
      );
      assert.deepEqual([raster.at(0, 0), raster.at(1, 0), raster.at(0, 1), raster.at(1, 1)], expected);
    });
  }
  it('refuses what does not fit', () => {
    assert.throws(() => encodePng(new Uint8Array(4), 2, 2, 2), { message: 'encodePng: expected 1, 3 or 4 channels, received 2' });
    assert.throws(() => encodePng(new Uint8Array(5), 2, 2, 1), { message: 'encodePng: expected 4 pixel values, received 5' });
  });
});

describe('image grids', () => {
  it('show every pixel as a sharp square, white between images', () => {
    const { svg, width, height } = imagesSvg([[CHECKS, CHECKS]], { scale: 4 });
    assert.deepEqual([width, height], [24, 16]);
    const { at } = pixelsOf(svg);
    const value = (x: number, y: number): number => at(x, y)[0] as number;
    assert.deepEqual([value(0, 0), value(3, 3), value(4, 3), value(0, 4), value(7, 7)], [0, 0, 255, 200, 50]);
    assert.deepEqual([value(16, 0), value(19, 3), value(20, 0), value(23, 7), value(12, 2)], [0, 0, 255, 50, 255]);
  });

  it('stay sharp in the picture of twice the size', () => {
    const png = rasterize(imagesSvg([[CHECKS]], { scale: 4 }).svg).toString('base64');
    const { at, width } = pixelsOf(
      `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="32"><image width="16" height="32" href="data:image/png;base64,${png}"/></svg>`,
    );
    assert.deepEqual([width, at(7, 7)[0], at(8, 7)[0], at(7, 8)[0], at(8, 8)[0]], [16, 0, 255, 200, 50]);
  });

  it('take numbers in [0, 1] as well, rounded and kept in range', () => {
    const image = { pixels: Float32Array.from([0, 1, 0.5, 2]), height: 2, width: 2, channels: 1 };
    const { at } = pixelsOf(imagesSvg([[image]], { scale: 1 }).svg);
    assert.deepEqual([at(0, 0)[0], at(1, 0)[0], at(0, 1)[0], at(1, 1)[0]], [0, 255, 128, 255]);
  });

  it('have titles and captions, escaped, and cut where they would touch the next', () => {
    const captioned = { ...CHECKS, caption: 'a <very> long caption, much longer than any image is wide' };
    const { svg } = imagesSvg([[captioned, captioned]], {
      title: 'T&T',
      rowTitles: ['row'],
      columnTitles: ['one', 'two', 'three'],
    });
    const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
    assert.deepEqual(texts.slice(0, 4), ['T&amp;T', 'one', 'two', 'row']);
    assert.match(texts[4] ?? '', /^a &lt;very&gt; long.*…$/);
  });

  it('make small images as large as the others', () => {
    const large = grey(new Array(16).fill(100), 4);
    const { svg, width } = imagesSvg([[large, CHECKS]], { scale: 2 });
    const { at } = pixelsOf(svg);
    assert.deepEqual([width, at(19, 3)[0], at(20, 3)[0], at(16, 4)[0], at(23, 7)[0]], [24, 0, 255, 200, 50]);
  });

  it('are as wide as the titles of their columns', () => {
    const { width } = imagesSvg([[CHECKS, CHECKS]], { columnTitles: ['T-shirt/top', 'a'], scale: 2 });
    const pitch = Math.ceil(textWidth('T-shirt/top', 14)) + 8;
    assert.equal(width, 2 * pitch - 8);
  });

  it('wrap a single list into rows of ten', async () => {
    const [message] = await shown(() =>
      showImages(
        Array.from({ length: 13 }, () => CHECKS),
        { scale: 4 },
      ),
    );
    assert.deepEqual(message?.metadata, { 'image/png': { width: 10 * 16 - 8, height: 32 } });
    assert.equal(message.data['text/plain'], 'Images: 13 of them');
  });

  const refused: readonly (readonly [unknown, object, string])[] = [
    [[], {}, 'showImages: number of images: expected an integer in [1, 2500], received 0'],
    [[[{ ...CHECKS, height: 3 }]], {}, 'showImages: expected 6 values for [3, 2, 1], received 4'],
    [[[{ ...CHECKS, width: 1e9 }]], {}, 'showImages: width: expected an integer in [1, 1024], received 1000000000'],
    [[CHECKS, [CHECKS]], {}, 'showImages: expected rows of images, or images, received "both"'],
    [[CHECKS], { caption: 'x' }, 'showImages: expected options among title, rowTitles, columnTitles, scale, received "caption"'],
  ];
  for (const [images, options, message] of refused) {
    it(`refuse: ${message}`, () => assert.throws(() => showImages(images as readonly Picture[], options), { message }));
  }
});
