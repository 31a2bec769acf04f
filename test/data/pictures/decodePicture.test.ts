/** Files of every format and kind of colour, made here by sharp, as red, green and blue bytes; and what is no picture, each by its sentence and at once. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { decodePicture, readPicture } from 'iekd/dist/data/pictures/decodePicture';
import sharp from 'sharp';
import { assertClose } from '../../detection/close';

const SAMPLE = join(__dirname, '..', '..', '..', 'data', 'samples', 'bccd');
const COLOUR = [200, 50, 90] as const;
const [r, g, b] = COLOUR;
const plain = sharp({ create: { width: 6, height: 4, channels: 3, background: { r, g, b } } });
const clear = sharp({ create: { width: 6, height: 4, channels: 4, background: { r, g, b, alpha: 0.5 } } });
const GREY = 110;
const grey = sharp(new Uint8Array(24).fill(GREY), { raw: { width: 6, height: 4, channels: 1 } }).toColourspace('b-w');

/** By Pillow 13.0.0: `Image.open(path).convert('RGB')`, its mean colour (ImageStat) and the pixels at (0, 0), (100, 60), (319, 239), (40, 200). */
const PILLOW = {
  BloodImage_00007: [
    [188.41734375, 178.20046875, 181.54149739583335],
    [180, 188, 175, 175, 155, 144, 188, 152, 164, 199, 193, 177],
  ],
  BloodImage_00346: [
    [191.42990885416665, 183.05328125, 185.32752604166666],
    [178, 190, 180, 179, 153, 164, 201, 207, 205, 194, 179, 172],
  ],
};

describe('photographs as Pillow decodes them', () => {
  for (const [id, [mean, pixels]] of Object.entries(PILLOW)) {
    test(id, async () => {
      const { height, width, bytes } = await readPicture(join(SAMPLE, 'JPEGImages', `${id}.jpg`));
      assert.deepEqual([height, width], [240, 320]);
      const found = [0, 1, 2].map((c) => bytes.reduce((sum, value, i) => (i % 3 === c ? sum + value : sum), 0) / (240 * 320));
      assertClose(found, mean as number[], 0.5);
      const at = [0, 60 * 320 + 100, 239 * 320 + 319, 200 * 320 + 40];
      assertClose(
        at.flatMap((i) => [...bytes.subarray(3 * i, 3 * i + 3)]),
        pixels as number[],
        2,
      );
    });
  }
});

describe('decoded', () => {
  const cases: readonly (readonly [string, sharp.Sharp, readonly number[], tolerance: number])[] = [
    ['a PNG', plain.clone().png(), COLOUR, 0],
    ['a PNG with a palette', plain.clone().png({ palette: true }), COLOUR, 0],
    ['a PNG with an alpha channel, which is left out', clear.clone().png(), COLOUR, 0],
    ['a PNG of 16 bits', plain.clone().toColourspace('rgb16').png(), COLOUR, 0],
    ['a grey PNG', grey.clone().png(), [GREY, GREY, GREY], 0],
    ['a JPEG', plain.clone().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }), COLOUR, 2],
    ['a progressive JPEG', plain.clone().jpeg({ quality: 100, progressive: true, chromaSubsampling: '4:4:4' }), COLOUR, 2],
    ['a grey JPEG', grey.clone().jpeg({ quality: 100 }), [GREY, GREY, GREY], 1],
    ['a JPEG in CMYK, there and back by one profile', plain.clone().toColourspace('cmyk').jpeg({ quality: 100 }), COLOUR, 30],
    ['a WebP', plain.clone().webp({ lossless: true }), COLOUR, 0],
    ['a lossy WebP', plain.clone().webp({ quality: 100 }), COLOUR, 5],
    ['a WebP with an alpha channel', clear.clone().webp({ lossless: true }), COLOUR, 1],
  ];
  for (const [name, file, colour, tolerance] of cases) {
    test(name, async () => {
      const { height, width, bytes } = await decodePicture('a', await file.toBuffer());
      assert.deepEqual([height, width, bytes.length], [4, 6, 72]);
      for (const [i, value] of bytes.entries()) assert.ok(Math.abs(value - (colour[i % 3] as number)) <= tolerance, `${bytes}`);
    });
  }

  test('as it is stored, and upright as its EXIF orientation says', async () => {
    const turned = await plain.clone().withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const [stored, upright] = [await decodePicture('a', turned), await decodePicture('a', turned, { upright: true })];
    assert.deepEqual([stored.height, stored.width, upright.height, upright.width], [4, 6, 6, 4]);
  });

  test('a picture of exactly so many pixels as are allowed', async () => {
    const { bytes } = await decodePicture('a', await plain.clone().png().toBuffer(), { mostPixels: 24 });
    assert.equal(bytes.length, 72);
  });
});

describe('refused', () => {
  const root = mkdtempSync(join(tmpdir(), 'iekd-decode-'));
  after(() => rmSync(root, { recursive: true }));
  const noise = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * i * 7919) % 251);
  const raw = sharp(noise, { raw: { width: 64, height: 64, channels: 3 } });
  const whole = async (): Promise<Buffer> => raw.clone().jpeg().toBuffer();
  const END = Buffer.from([0xff, 0xd9]);

  /** The JPEG with another size in the header of its frame. */
  const promising = (jpeg: Buffer, height: number, width: number): Buffer => {
    const at = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
    const copy = Buffer.from(jpeg);
    copy.writeUInt16BE(height, at + 5);
    copy.writeUInt16BE(width, at + 7);
    return copy;
  };

  const cases: readonly (readonly [string, () => Promise<Uint8Array> | Uint8Array, string])[] = [
    ['text', () => Buffer.from('no picture, but text\n'), 'expected a JPEG, PNG or WebP, received text'],
    ['nothing', () => new Uint8Array(0), 'expected a JPEG, PNG or WebP, received an empty file'],
    ['a drawing', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'expected a JPEG, PNG or WebP, received text'],
    ['another format', () => raw.clone().gif().toBuffer(), 'expected a JPEG, PNG or WebP, received a GIF'],
    ['bytes', () => Uint8Array.of(1, 2, 3), 'expected a JPEG, PNG or WebP, received bytes of another kind'],
    [
      'a JPEG whose header promises 60000×60000',
      async () => promising(await whole(), 60_000, 60_000),
      'expected a picture of at most 100000000 pixels, received one of 60000×60000',
    ],
    [
      'a JPEG that is taller than it has data for',
      async () => promising(await whole(), 4096, 64),
      'expected a JPEG that can be decoded, received VipsJpeg: Corrupt JPEG data: premature end of data segment',
    ],
    [
      'a JPEG of which the middle is missing',
      async () => Buffer.concat([(await whole()).subarray(0, 2000), END]),
      'expected a JPEG that can be decoded, received VipsJpeg: Corrupt JPEG data: premature end of data segment',
    ],
  ];
  for (const [i, [name, bytes, message]] of cases.entries()) {
    test(name, async () => {
      const path = join(root, `${i}.jpg`);
      writeFileSync(path, await bytes());
      const before = performance.now();
      await assert.rejects(readPicture(path), { name: 'InputError', message: `${path}: ${message}` });
      assert.ok(performance.now() - before < 1000);
    });
  }

  test('files cut after any of their parts, with the number of bytes', async () => {
    for (const file of [raw.clone().jpeg(), raw.clone().png(), raw.clone().webp()]) {
      const bytes = await file.toBuffer();
      for (const part of [0.02, 0.3, 0.7, 0.99]) {
        const cut = bytes.subarray(0, Math.floor(part * bytes.length));
        const message = new RegExp(`^a: expected a whole (JPEG|PNG|WebP), received one that ends after ${cut.length} bytes`);
        await assert.rejects(decodePicture('a', cut), { name: 'InputError', message });
      }
    }
  });

  test('a PNG whose data is damaged', async () => {
    const bytes = await raw.clone().png().toBuffer();
    bytes.fill(0, 300, 340);
    await assert.rejects(decodePicture('a.png', bytes), {
      name: 'InputError',
      message: /^a\.png: expected a PNG that can be decoded/,
    });
  });

  test('where sharp is not installed: the library loads, and decoding says what to install', async () => {
    const program = `
      const Module = require('node:module');
      const resolve = Module._resolveFilename;
      Module._resolveFilename = function (name, ...rest) {
        if (name === 'sharp') throw new Error("Cannot find module 'sharp'");
        return resolve.call(this, name, ...rest);
      };
      const { decodePicture } = require('iekd');
      decodePicture('a.png', Buffer.from(process.argv[1], 'base64')).catch((error) => console.log(error.name, error.message));`;
    const bytes = await plain.clone().png().toBuffer();
    const text = execFileSync(process.execPath, ['-e', program, bytes.toString('base64')], { cwd: __dirname, encoding: 'utf8' });
    const reason = "received Cannot find module 'sharp'; npm install sharp@0.35.5";
    assert.equal(text.trim(), `InputError decodePicture: expected the package sharp, which decodes pictures, ${reason}`);
  });
});
