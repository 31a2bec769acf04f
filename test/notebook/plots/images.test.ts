/** Grids of images, looked at pixel by pixel. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodePng } from 'iekd/dist/kernel/display/png';
import { imagesSvg, MARKS, type Picture, showImages } from 'iekd/dist/notebook/plots/images';
import { rasterize, textWidth } from 'iekd/dist/notebook/render/raster';
import { shown } from '../shown';

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

  const overlaid = (values: readonly number[], range?: number): Picture => ({
    ...grey([0, 255, 0, 255]),
    overlay: { values, ...(range === undefined ? {} : { range }) },
  });
  /** 0.9 of a colour over a grey. */
  const over = (colour: readonly number[], below: number, share = 0.9): number[] =>
    colour.map((value) => Math.round(below + share * (value - below)));
  const [BLUE, VERMILION] = [
    [0, 114, 178],
    [213, 94, 0],
  ] as const; // Okabe and Ito
  const textsOf = (svg: string): string[] => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = '']) => text);

  it('show a map over a pale grey image: blue below 0, vermilion above, nothing at 0', () => {
    const { at } = pixelsOf(imagesSvg([[overlaid([0, 0, -2, 1])]], { scale: 1 }).svg);
    assert.deepEqual(
      [at(0, 0), at(1, 0)],
      [
        [140, 140, 140],
        [255, 255, 255],
      ],
    );
    assert.deepEqual([at(0, 1), at(1, 1)], [over(BLUE, 140), over(VERMILION, 255, 0.45)]);
  });

  it('take one range for all maps that have none, and say it below the grid', () => {
    const { svg, height } = imagesSvg([[overlaid([0, 0, 0, 0.5]), overlaid([0, 0, 0, -1.234])]], {
      scale: 1,
      legend: 'relevance',
    });
    const { at } = pixelsOf(svg);
    assert.deepEqual([at(1, 1), at(11, 1)], [over(VERMILION, 255, (0.9 * 0.5) / 1.234), over(BLUE, 255)]);
    assert.deepEqual(textsOf(svg), ['−1.2', '+1.2', 'relevance']);
    assert.equal(height, 10 + 30);
  });

  it('say so where maps have ranges of their own, and show maps of zeros as the grey image', () => {
    const { svg } = imagesSvg([[overlaid([0, 0, 0, 1], 2), overlaid([0, 0, 0, 1], 4)]], { scale: 1, legend: 'r' });
    assert.deepEqual(textsOf(svg), ['−range', '+range', 'r; each map has a range of its own']);
    const zeros = imagesSvg([[overlaid([0, 0, 0, 0])]], { scale: 1 }).svg;
    assert.deepEqual(
      [pixelsOf(zeros).at(1, 1), textsOf(zeros)],
      [
        [255, 255, 255],
        ['−1', '+1', ''],
      ],
    );
  });

  it('weigh the colours of an image below a map as the eye does', () => {
    const green = { pixels: Uint8Array.from([0, 255, 0]), height: 1, width: 1, channels: 3, overlay: { values: [0] } };
    const level = Math.round(140 + 0.587 * 115);
    assert.deepEqual(pixelsOf(imagesSvg([[green]], { scale: 1 }).svg).at(0, 0), [level, level, level]);
  });

  it('frame marked images, with a sign before the caption in the colour of the frame', () => {
    const row = [
      { ...CHECKS, mark: MARKS.right, caption: '7' },
      { ...CHECKS, mark: MARKS.wrong },
      { ...CHECKS, caption: '1' },
    ];
    const { svg } = imagesSvg([row], { scale: 10 });
    assert.deepEqual(textsOf(svg), ['✓ 7', '✗', '1']);
    assert.match(svg, /fill="#00704f">✓ 7<.*fill="#b04000">✗<.*fill="#57606a">1</);
    const { at } = pixelsOf(svg);
    assert.deepEqual(
      [at(1, 1), at(3, 3), at(35, 1), at(29, 10)],
      [
        [0, 112, 79],
        [0, 0, 0],
        [176, 64, 0],
        [255, 255, 255],
      ],
    );
    assert.deepEqual(at(80, 2), [255, 255, 255]);
  });

  const refused: readonly (readonly [unknown, object, string])[] = [
    [[], {}, 'showImages: number of images: expected an integer in [1, 2500], received 0'],
    [[[{ ...CHECKS, height: 3 }]], {}, 'showImages: expected 6 values for [3, 2, 1], received 4'],
    [[[{ ...CHECKS, width: 1e9 }]], {}, 'showImages: width: expected an integer in [1, 1024], received 1000000000'],
    [[CHECKS, [CHECKS]], {}, 'showImages: expected rows of images, or images, received "both"'],
    [
      [CHECKS],
      { caption: 'x' },
      'showImages: expected options among title, rowTitles, columnTitles, scale, legend, received "caption"',
    ],
    [[{ ...CHECKS, overlay: { values: [1] } }], {}, 'showImages: overlay: expected 4 values for [2, 2], received 1'],
    [
      [{ ...CHECKS, overlay: { values: [1, 0, Number.NaN, 0] } }],
      {},
      'showImages: overlay: value 2: expected a finite number, received NaN',
    ],
    [
      [{ ...CHECKS, overlay: { values: [1, 0, 0, 0], range: 0 } }],
      {},
      'showImages: overlay: range: expected a number above 0, received 0',
    ],
    [
      [{ ...CHECKS, mark: { sign: ' ', colour: '#000000' } }],
      {},
      'showImages: mark: expected a sign, for readers who do not see its colour, received " "',
    ],
    [[{ ...CHECKS, mark: { sign: '!', colour: 'red' } }], {}, 'showImages: mark: expected a colour as #rrggbb, received "red"'],
  ];
  for (const [images, options, message] of refused) {
    it(`refuse: ${message}`, () => assert.throws(() => showImages(images as readonly Picture[], options), { message }));
  }
});
