/** Pictures at another size: against Pillow 13.0.0 (Image.resize, BILINEAR, which rounds twice), and windows worked out by hand. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pictureIn, type RgbPicture } from 'iekd/dist/data/pictures/rgbPicture';
import { type PictureView, viewPicture } from 'iekd/dist/data/pictures/viewPicture';
import { assertClose } from '../../detection/close';

const FILL = [7, 8, 9] as const;

/** Values of any kind: (53 y + 31 x + 97 c + 40 ((x y) mod 3)) mod 256. */
const picture: RgbPicture = {
  height: 5,
  width: 7,
  bytes: Uint8Array.from({ length: 105 }, (_, i) => {
    const [y, x, c] = [Math.floor(i / 21), Math.floor(i / 3) % 7, i % 3];
    return (53 * y + 31 * x + 97 * c + 40 * ((x * y) % 3)) % 256;
  }),
};

describe('as Pillow, to 1 of 255', () => {
  const cases: readonly (readonly [readonly [number, number], readonly number[]])[] = [
    [
      [3, 4],
      [
        ...[48, 140, 183, 108, 148, 76, 138, 178, 98, 161, 119, 146, 147, 117, 114, 202, 70, 140, 109, 120, 201, 72, 137, 204],
        ...[148, 58, 148, 136, 123, 144, 106, 144, 165, 124, 158, 114],
      ],
    ],
    [
      [2, 7],
      [
        ...[53, 138, 177, 119, 146, 138, 157, 79, 95, 146, 173, 84, 142, 134, 150, 75, 172, 188, 169, 80, 165],
        ...[159, 70, 109, 141, 75, 161, 178, 100, 116, 171, 105, 190, 71, 157, 172, 96, 112, 209, 101, 186, 97],
      ],
    ],
    [
      [1, 1],
      [129, 123, 146],
    ],
  ];
  for (const [size, expected] of cases) {
    test(`5×7 to ${size.join('×')}`, () => assertClose(viewPicture(picture, size, {}, FILL), expected, 1));
  }

  test('5×7 to 9×12, the first row', () => {
    const row = [0, 97, 194, 12, 109, 206, 30, 127, 224, 48, 145, 103, 66, 163, 4, 84, 181, 22, 102, 199, 40, 120, 217, 58];
    assertClose(viewPicture(picture, [9, 12], {}, FILL).slice(0, 24), row, 1);
  });
});

/** Grey values of one row, as a picture. */
const grey = (...row: readonly number[]): RgbPicture => ({
  height: 1,
  width: row.length,
  bytes: Uint8Array.from(row.flatMap((value) => [value, value, value])),
});
const red = (values: Float32Array): number[] => Array.from(values).filter((_, i) => i % 3 === 0);

describe('views', () => {
  const row = grey(10, 20, 40, 80);
  const cases: readonly (readonly [string, number, PictureView, readonly number[]])[] = [
    ['as it is', 4, {}, [10, 20, 40, 80]],
    ['mirrored', 4, { mirrored: true }, [80, 40, 20, 10]],
    ['upside down, of one row', 4, { upsideDown: true }, [10, 20, 40, 80]],
    ['the right half', 2, { window: [0.5, 0, 1, 1] }, [40, 80]],
    ['the right half, twice as large', 4, { window: [0.5, 0, 1, 1] }, [35, 50, 70, 80]],
    ['from a distance', 8, { window: [-0.5, 0, 1.5, 1] }, [7, 7, 10, 20, 40, 80, 7, 7]],
    ['from a distance, mirrored', 8, { window: [-1, 0, 1, 1], mirrored: true }, [80, 40, 20, 10, 7, 7, 7, 7]],
    // Triangles of 2 pixels around 1 and 3: weights 1 : 3 : 3 : 1 of which the first or last is outside
    ['half as large', 2, {}, [(3 * 10 + 3 * 20 + 40) / 7, (20 + 3 * 40 + 3 * 80) / 7]],
  ];
  for (const [name, width, view, expected] of cases) {
    test(name, () => assertClose(red(viewPicture(row, [1, width], view, FILL)), expected, 1e-4));
  }

  test('what is outside has the given colour', () => {
    assert.deepEqual([...viewPicture(row, [1, 1], { window: [0, 2, 1, 3] }, FILL)], [...FILL]);
  });

  test('turned both ways, rows and columns', () => {
    const turned = viewPicture(picture, [5, 7], { mirrored: true, upsideDown: true }, FILL);
    const expected = Array.from({ length: 35 }, (_, i) => [...picture.bytes.slice(3 * (34 - i), 3 * (35 - i))]).flat();
    assert.deepEqual([...turned], expected);
  });
});

describe('pictureIn', () => {
  const cases: readonly (readonly [RgbPicture, string])[] = [
    [{ ...picture, height: 0 }, 'a.jpg: height: expected an integer in [1, 65536], received 0'],
    [{ ...picture, bytes: new Uint8Array(104) }, 'a.jpg: bytes: expected 105 of 5×7 pixels, received 104'],
  ];
  for (const [one, message] of cases)
    test(message, () => assert.throws(() => pictureIn('a.jpg', one), { name: 'InputError', message }));
  test('a picture passes', () => assert.doesNotThrow(() => pictureIn('a.jpg', picture)));
});
