/** Every kind of file through `folder:PATH`, made here by sharp: its pixels as an image, or the sentence that refuses it. docs/pictures.md says the same. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { loadDataset } from 'iekd/dist/data';
import { readImages } from 'iekd/dist/data/images/imageSource';
import sharp from 'sharp';
import { put, temporaryFolder } from '../../fixtures/pictureFolders';

const { root, remove } = temporaryFolder('kinds');
after(remove);

/** Two rows of three pixels, red values 10 to 60, green half of them, blue 200. */
const RGB = Uint8Array.from([10, 20, 30, 40, 50, 60].flatMap((v) => [v, v / 2, 200]));
const rgb = (): sharp.Sharp => sharp(RGB, { raw: { width: 3, height: 2, channels: 3 } });
const withAlpha = (alpha: number): sharp.Sharp =>
  sharp(Uint8Array.from([10, 20, 30, 40, 50, 60].flatMap((v) => [v, v / 2, 200, alpha])), {
    raw: { width: 3, height: 2, channels: 4 },
  });
const GREY = [10, 20, 30, 40, 50, 60];
const grey = (): sharp.Sharp => sharp(Uint8Array.from(GREY), { raw: { width: 3, height: 2, channels: 1 } }).toColourspace('b-w');
const wide = (channels: 1 | 3): sharp.Sharp => {
  const values = (channels === 1 ? GREY : [...RGB]).map((v) => 256 * v + 255); // the lower 8 bits do not round up
  const image = sharp(Uint16Array.from(values), { raw: { width: 3, height: 2, channels } } as sharp.SharpOptions);
  return image.toColourspace(channels === 1 ? 'grey16' : 'rgb16');
};
/** A colour that inks can show. */
const [r, g, b] = [200, 50, 90];
const inkable = (): sharp.Sharp => sharp({ create: { width: 3, height: 2, channels: 3, background: { r, g, b } } });
const INKABLE = GREY.flatMap(() => [r, g, b]);
/** Two frames of 3×2, the second black. */
const frames = (): sharp.Sharp =>
  sharp(Uint8Array.from([...RGB, ...RGB.map(() => 0)]), { raw: { width: 3, height: 4, channels: 3, pageHeight: 2 } });

/** Pixels as an image of 2×3 that is looked at as it is. */
async function through(name: string, file: Buffer, pixels: readonly [number, number] = [2, 3]): Promise<number[]> {
  const folder = join(root, name.replace(/\W/g, '-'));
  const extension = /webp/i.test(name) ? 'webp' : /jpeg/i.test(name) ? 'jpg' : 'png';
  for (const of of ['a', 'b']) for (const i of [0, 1]) put(join(folder, of, `${i}.${extension}`), file);
  const options = { pixels, resize: Math.min(...pixels), normalisation: 'imagenet', workers: 0, testShare: 0.5 } as const;
  const data = await loadDataset(`folder:${folder}`, options);
  return [...(await readImages(data.test, Uint32Array.of(0))).images];
}

const threefold = GREY.flatMap((v) => [v, v, v]);
const KINDS: readonly (readonly [string, () => sharp.Sharp, readonly number[], tolerance: number])[] = [
  ['PNG', () => rgb().png(), [...RGB], 0],
  ['PNG, interlaced', () => rgb().png({ progressive: true }), [...RGB], 0],
  ['PNG with a palette', () => rgb().png({ palette: true }), [...RGB], 0],
  ['PNG of 16 bits, the upper 8', () => wide(3).png(), [...RGB], 0],
  ['grey PNG', () => grey().png(), threefold, 0],
  ['grey PNG of 16 bits, the upper 8', () => wide(1).png(), threefold, 0],
  ['PNG with alpha 128, colours as they are stored', () => withAlpha(128).png(), [...RGB], 0],
  ['PNG that is all transparent', () => withAlpha(0).png(), [...RGB], 0],
  ['WebP', () => rgb().webp({ lossless: true }), [...RGB], 0],
  ['WebP with alpha', () => withAlpha(200).webp({ lossless: true, exact: true }), [...RGB], 0],
  ['WebP, animated: its first frame', () => frames().webp({ lossless: true, delay: [50, 50] }), [...RGB], 0],
  ['JPEG', () => rgb().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }), [...RGB], 3],
  ['grey JPEG', () => grey().jpeg({ quality: 100 }), threefold, 2],
  ['JPEG in CMYK, there and back by one profile', () => inkable().toColourspace('cmyk').jpeg({ quality: 100 }), INKABLE, 15],
];

describe('read', () => {
  for (const [name, made, expected, tolerance] of KINDS) {
    test(name, async () => {
      const seen = await through(name, await made().toBuffer());
      for (const [i, value] of expected.entries()) {
        assert.ok(Math.abs((seen[i] as number) - value) <= tolerance, `${i}: ${seen} for ${expected}`);
      }
    });
  }

  /** Red of the pixels as they are stored, row by row, to where EXIF 2.32 (4.6.5, Orientation) says they are seen. */
  const TURNS: readonly (readonly [orientation: number, red: readonly number[]])[] = [
    [1, [10, 20, 30, 40, 50, 60]],
    [2, [30, 20, 10, 60, 50, 40]],
    [3, [60, 50, 40, 30, 20, 10]],
    [4, [40, 50, 60, 10, 20, 30]],
    [5, [10, 40, 20, 50, 30, 60]],
    [6, [40, 10, 50, 20, 60, 30]],
    [7, [60, 30, 50, 20, 40, 10]],
    [8, [30, 60, 20, 50, 10, 40]],
  ];
  for (const format of ['png', 'webp', 'jpeg'] as const) {
    test(`turned by EXIF, each of eight ways: ${format}`, async () => {
      for (const [orientation, red] of TURNS) {
        const options = { quality: 100, lossless: true, chromaSubsampling: '4:4:4' };
        const file = await rgb().withMetadata({ orientation }).toFormat(format, options).toBuffer();
        const seen = await through(`${format} ${orientation}`, file, orientation < 5 ? [2, 3] : [3, 2]);
        const found = seen.filter((_, i) => i % 3 === 0);
        for (const [i, value] of red.entries())
          assert.ok(Math.abs((found[i] as number) - value) <= 4, `${orientation}: ${found}`);
      }
    });
  }
});

/** Files that are named as a picture that is read, and are another. */
const OTHERS: readonly (readonly [string, () => Promise<Buffer> | Buffer])[] = [
  ['a GIF', () => rgb().gif().toBuffer()],
  ['a TIFF', () => rgb().tiff().toBuffer()],
  ['an AVIF', () => rgb().avif().toBuffer()],
  ['a HEIC', () => Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1')],
  ['a BMP', () => Buffer.from('BM\x46\0\0\0', 'latin1')],
  ['a JPEG XL', () => Buffer.from('\0\0\0\x0cJXL \r\n\x87\n', 'latin1')],
  ['text', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
];

describe('refused', () => {
  for (const [what, made] of OTHERS) {
    test(`${what} under another name`, async () => {
      const file = await made();
      const place = join(root, what.replace(/\W/g, '-'));
      await assert.rejects(through(what, file), (error: Error) => {
        assert.equal(error.name, 'InputError');
        assert.match(error.message, new RegExp(`^${place}/[ab]/[01]\\.\\w+: expected a JPEG, PNG or WebP, received ${what}$`));
        return true;
      });
    });
  }

  test('pictures of other formats under their own names are passed over, and it is said which are read', async () => {
    const folder = join(root, 'others');
    for (const of of ['a', 'b']) put(join(folder, of, '0.png'), await rgb().png().toBuffer());
    put(join(folder, 'a', 'one.avif'), 'x');
    put(join(folder, 'b', 'two.HEIC'), 'x');
    const notes: string[] = [];
    const onProgress = ({ item }: { item: string }): unknown => notes.push(item);
    await loadDataset(`folder:${folder}`, { normalisation: 'imagenet', testShare: 0, workers: 0, onProgress });
    const first = join(folder, 'a', 'one.avif');
    const allowed = 'JPEG, PNG and WebP are read: .jpg, .jpeg, .png, .webp';
    assert.deepEqual(notes, [`others: 2 files that are no pictures of a class passed over, the first: ${first}; ${allowed}`]);
  });
});
