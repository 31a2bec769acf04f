/** Small JPEGs of every kind: the bytes that sharp decodes; and what is left to sharp. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { decodePicture } from 'iekd/dist/data/pictures/decodePicture';
import { decodeSmallJpeg, SMALL_PIXELS } from 'iekd/dist/data/pictures/smallJpeg';
import sharp, { type JpegOptions } from 'sharp';

const PHOTOGRAPHS = join(__dirname, '..', '..', '..', 'data', 'samples', 'bccd', 'JPEGImages');
const photographs = readdirSync(PHOTOGRAPHS).map((name) => readFileSync(join(PHOTOGRAPHS, name)));
const bySharp = (bytes: Buffer): Promise<Buffer> => sharp(bytes).toColourspace('srgb').raw().toBuffer();

const KINDS: readonly (readonly [string, JpegOptions])[] = [
  ['as it comes', {}],
  ['4:4:4', { chromaSubsampling: '4:4:4' }],
  ['progressive', { progressive: true }],
  ['of quality 5', { quality: 5 }],
  ['with the standard tables', { optimiseCoding: false }],
];
for (const [name, options] of KINDS) {
  test(`the bytes of sharp: ${name}, of odd sizes`, async () => {
    for (const [width, height] of [
      [1, 1],
      [7, 300],
      [101, 67],
      [362, 362],
    ] as const) {
      const file = await sharp(photographs[0]).resize(width, height, { fit: 'fill' }).jpeg(options).toBuffer();
      const small = await decodeSmallJpeg(file);
      assert.deepEqual([small?.width, small?.height], [width, height]);
      assert.ok(Buffer.from(small?.bytes ?? []).equals(await bySharp(file)), `${width}×${height}`);
    }
  });
}

test('photographs, in grey too, are the bytes of sharp, in an array that is one of bytes', async () => {
  for (const file of photographs) {
    assert.ok(Buffer.from((await decodeSmallJpeg(file))?.bytes ?? []).equals(await bySharp(file)));
    const grey = await sharp(file).greyscale().jpeg().toBuffer();
    for (const one of [file, grey]) assert.equal((await decodeSmallJpeg(one))?.bytes.constructor, Uint8Array);
    assert.ok(Buffer.from((await decodeSmallJpeg(grey))?.bytes ?? []).equals(await bySharp(grey)));
  }
});

test('left to sharp: CMYK, what is broken; afterwards the decoder is as before', async () => {
  const [whole] = photographs as [Buffer];
  const cmyk = await sharp(whole).toColourspace('cmyk').jpeg().toBuffer();
  const cut = Buffer.concat([whole.subarray(0, 5000), Buffer.from([0xff, 0xd9])]);
  for (const bytes of [cmyk, cut, Buffer.from('text'), Buffer.alloc(0)]) assert.equal(await decodeSmallJpeg(bytes), undefined);
  assert.ok(Buffer.from((await decodeSmallJpeg(whole))?.bytes ?? []).equals(await bySharp(whole)));
});

test('a picture of more pixels goes to sharp, one that is turned too, and nobody sees where', async () => {
  const [whole] = photographs as [Buffer];
  for (const side of [Math.floor(Math.sqrt(SMALL_PIXELS)), Math.ceil(Math.sqrt(SMALL_PIXELS))]) {
    const file = await sharp(whole).resize(side, side, { fit: 'fill' }).jpeg().toBuffer();
    assert.ok(Buffer.from((await decodePicture('a', file)).bytes).equals(await bySharp(file)));
  }
  const turned = await sharp(whole).withMetadata({ orientation: 6 }).jpeg().toBuffer();
  const { height, width } = await decodePicture('a', turned, { upright: true });
  const stored = await decodePicture('a', turned);
  assert.deepEqual([height, width], [stored.width, stored.height]);
});
