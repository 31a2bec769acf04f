/** Formats and sizes of files of pictures, put together byte by byte, whole and broken. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pictureHeader } from 'iekd/dist/data/pictures/pictureHeader';

const segment = (marker: number, ...content: readonly number[]): number[] => [0xff, marker, 0, content.length + 2, ...content];
const JFIF = segment(0xe0, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0);
const tables = segment(0xc4, 0, 1, 2, 3, 4, 5, 6, 7, 8);
/** Height 480 and width 640, three channels. */
const frame = (marker: number): number[] => segment(marker, 8, 0x01, 0xe0, 0x02, 0x80, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1);
const scan = [...segment(0xda, 3, 1, 0, 2, 0x11, 3, 0x11, 0, 0x3f, 0), 0x12, 0x34];
const END = [0xff, 0xd9];
const jpeg = (...parts: readonly (readonly number[])[]): Uint8Array => Uint8Array.from([0xff, 0xd8, ...parts.flat()]);

const png = (height: number, width: number, ...rest: readonly number[]): Uint8Array => {
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width);
  size.writeUInt32BE(height, 4);
  return Uint8Array.from([
    0x89,
    ...Buffer.from('PNG\r\n\x1a\n'),
    0,
    0,
    0,
    13,
    ...Buffer.from('IHDR'),
    ...size,
    8,
    2,
    0,
    0,
    0,
    ...rest,
  ]);
};
/** By its first chunk. @param surplus of the length that it names, over what it has */
const webp = (chunk: string, content: readonly number[], surplus = 0): Uint8Array => {
  const length = [12 + content.length + surplus, 0, 0, 0];
  return Uint8Array.from([
    ...Buffer.from('RIFF'),
    ...length,
    ...Buffer.from(`WEBP${chunk}`),
    content.length,
    0,
    0,
    0,
    ...content,
  ]);
};
const IEND = [0, 0, 0, 0, ...Buffer.from('IEND'), 0xae, 0x42, 0x60, 0x82];

describe('read', () => {
  const size = { height: 480, width: 640, exif: false };
  const EXIF = [...Buffer.from('Exif'), 0, 0];
  const cases: readonly (readonly [string, Uint8Array, unknown])[] = [
    ['a baseline JPEG', jpeg(JFIF, tables, frame(0xc0), scan, END), { format: 'JPEG', ...size }],
    ['a progressive one, without JFIF', jpeg(frame(0xc2), scan, END), { format: 'JPEG', ...size }],
    ['with filling bytes', jpeg([0xff, 0xff], JFIF, frame(0xc0), scan, END), { format: 'JPEG', ...size }],
    ['with something after its end', jpeg(JFIF, frame(0xc0), scan, END, [0, 0, 0]), { format: 'JPEG', ...size }],
    ['with EXIF', jpeg(segment(0xe1, ...EXIF), frame(0xc0), scan, END), { format: 'JPEG', ...size, exif: true }],
    ['a PNG', png(3, 70_00, ...IEND), { format: 'PNG', height: 3, width: 7000, exif: false }],
    [
      'a PNG with EXIF',
      png(3, 4, 0, 0, 0, 0, ...Buffer.from('eXIf'), ...IEND),
      { format: 'PNG', height: 3, width: 4, exif: true },
    ],
    ['a WebP', webp('VP8 ', [0, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01]), { format: 'WebP', ...size }],
    ['a WebP without loss', webp('VP8L', [0x2f, 0x7f, 0xc2, 0x77, 0, 0, 0, 0, 0, 0]), { format: 'WebP', ...size }],
    ['a WebP with more in it', webp('VP8X', [0, 0, 0, 0, 0x7f, 0x02, 0, 0xdf, 0x01, 0]), { format: 'WebP', ...size }],
    ['with EXIF in it', webp('VP8X', [8, 0, 0, 0, 0x7f, 0x02, 0, 0xdf, 0x01, 0]), { format: 'WebP', ...size, exif: true }],
    ['another format', Uint8Array.from(Buffer.from('RIFF....WAVE')), undefined],
    ['nothing', new Uint8Array(0), undefined],
  ];
  for (const [name, bytes, expected] of cases) test(name, () => assert.deepEqual(pictureHeader('a', bytes), expected));
});

describe('refused', () => {
  const cut = (format: string, bytes: number): string =>
    `a.jpg: expected a whole ${format}, received one that ends after ${bytes} bytes without its end; copy the file again`;
  const whole = jpeg(JFIF, tables, frame(0xc0), scan, END);
  const cases: readonly (readonly [string, Uint8Array, string])[] = [
    ['a JPEG that is cut in its data', whole.slice(0, -1), cut('JPEG', whole.length - 1)],
    ['one that is cut before its frame', whole.slice(0, 22), cut('JPEG', 22)],
    ['one that is cut after its first bytes', whole.slice(0, 3), cut('JPEG', 3)],
    ['no marker', jpeg([0xff, 0xe0, 0, 2, 7], JFIF, END), 'a.jpg: expected a JPEG, with a marker at byte 6, received 7'],
    [
      'a JPEG without height',
      jpeg(segment(0xc0, 8, 0, 0, 2, 0x80, 3, 1), END),
      'a.jpg: expected a JPEG of 1 to 65536 pixels a side, received 640×0',
    ],
    ['a PNG that is cut', png(3, 7), cut('PNG', 29)],
    ['a WebP that is cut', webp('VP8X', [0, 0, 0, 0, 0x7f, 0x02, 0, 0xdf, 0x01, 0], 1), cut('WebP', 30)],
    [
      'a WebP of no known kind',
      webp('VP9 ', Array(10).fill(0)),
      'a.jpg: expected a WebP that begins with VP8, VP8L or VP8X, received "VP9 "',
    ],
    [
      'a PNG as large as nothing is',
      png(2 ** 31, 1, ...IEND),
      'a.jpg: expected a PNG of 1 to 65536 pixels a side, received 1×2147483648',
    ],
  ];
  for (const [name, bytes, message] of cases) {
    test(name, () => assert.throws(() => pictureHeader('a.jpg', bytes), { name: 'InputError', message }));
  }
});
