/**
 * What the first bytes of a picture's file say: its format and size, without decoding it. JPEG (ITU-T T.81, annex B), PNG (ISO/IEC 15948,
 * clauses 5 and 11) and WebP (RFC 9649, section 2); whether the file was cut short is seen by its end, of a WebP by the length that it names.
 */
import { describe, type InputError, refusePhrase } from '../../util/check';
import { LARGEST_SIDE } from './rgbPicture';

/** Of a file. */
export interface PictureHeader {
  readonly format: 'JPEG' | 'PNG' | 'WebP';
  readonly height: number;
  readonly width: number;
  /** Whether it may have an EXIF orientation, by which it is to be turned. */
  readonly exif: boolean;
}

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const PNG_END = Buffer.from('IEND');
const PNG_EXIF = Buffer.from('eXIf');
/** Signature, length and name of the first chunk, then width and height. */
const PNG_SIZE_AT = 16;
const JPEG_START = Buffer.from([0xff, 0xd8, 0xff]);
const JPEG_END = Buffer.from([0xff, 0xd9]);
/** An application segment that holds EXIF, XMP or others. */
const JPEG_APP1 = 0xe1;
/** `RIFF`, the length of what follows, `WEBP`, then the first chunk: its name, its length, its content. */
const WEBP_NAME_AT = 8;
const WEBP_CONTENT_AT = 20;
/** Among the flags of VP8X. */
const WEBP_EXIF = 0x08;
/** The longest beginning of a WebP's first chunk that is looked at. */
const WEBP_LOOK = WEBP_CONTENT_AT + 10;

/** The header of a JPEG, PNG or WebP; undefined for another format. @param where the file, for errors @throws InputError for one that is broken or cut short */
export function pictureHeader(where: string, bytes: Uint8Array): PictureHeader | undefined {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (data.subarray(0, 3).equals(JPEG_START)) return jpegHeader(where, data);
  if (data.subarray(0, 8).equals(PNG_SIGNATURE)) return pngHeader(where, data);
  const isWebp = data.toString('latin1', 0, 4) === 'RIFF' && data.toString('latin1', WEBP_NAME_AT, 12) === 'WEBP';
  return isWebp ? webpHeader(where, data) : undefined;
}

function pngHeader(where: string, data: Buffer): PictureHeader {
  if (data.lastIndexOf(PNG_END) < PNG_SIZE_AT) throw cutShort(where, 'PNG', data);
  const [width, height] = [data.readUInt32BE(PNG_SIZE_AT), data.readUInt32BE(PNG_SIZE_AT + 4)];
  return checked(where, { format: 'PNG', height, width, exif: data.includes(PNG_EXIF) });
}

/** Walks from segment to segment, each a marker and a length, to the one that begins a frame. */
function jpegHeader(where: string, data: Buffer): PictureHeader {
  let [at, exif] = [2, false];
  while (at + 9 < data.length) {
    if (data[at] !== 0xff) throw refusePhrase(where, `a JPEG, with a marker at byte ${at}`, describe(data[at]));
    const marker = data[at + 1] as number;
    if (marker === 0xff)
      at++; // a filling byte
    else if (isFrame(marker)) {
      const [height, width] = [data.readUInt16BE(at + 5), data.readUInt16BE(at + 7)];
      if (data.lastIndexOf(JPEG_END) < at) throw cutShort(where, 'JPEG', data);
      return checked(where, { format: 'JPEG', height, width, exif });
    } else {
      exif ||= marker === JPEG_APP1;
      at += 2 + Math.max(2, data.readUInt16BE(at + 2));
    }
  }
  throw cutShort(where, 'JPEG', data);
}

/** Frames of any coding: 0xC0 to 0xCF without the tables and the extension among them. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Where each kind of first chunk has width and height: lossy, lossless, and with extensions. */
const WEBP_SIZES: Readonly<Record<string, (content: Buffer) => readonly [width: number, height: number]>> = {
  'VP8 ': (content) => [content.readUInt16LE(6) & 0x3fff, content.readUInt16LE(8) & 0x3fff],
  VP8L: (content) => [1 + (content.readUInt32LE(1) & 0x3fff), 1 + ((content.readUInt32LE(1) >>> 14) & 0x3fff)],
  VP8X: (content) => [1 + content.readUIntLE(4, 3), 1 + content.readUIntLE(7, 3)],
};

function webpHeader(where: string, data: Buffer): PictureHeader {
  if (data.length < WEBP_LOOK || data.length < data.readUInt32LE(4) + WEBP_NAME_AT) throw cutShort(where, 'WebP', data);
  const chunk = data.toString('latin1', 12, 16);
  const sizeOf = Object.hasOwn(WEBP_SIZES, chunk) ? WEBP_SIZES[chunk] : undefined;
  if (!sizeOf) throw refusePhrase(where, 'a WebP that begins with VP8, VP8L or VP8X', describe(chunk));
  const [width, height] = sizeOf(data.subarray(WEBP_CONTENT_AT));
  const exif = chunk === 'VP8X' && ((data[WEBP_CONTENT_AT] as number) & WEBP_EXIF) !== 0;
  return checked(where, { format: 'WebP', height, width, exif });
}

function checked(where: string, header: PictureHeader): PictureHeader {
  const { format, height, width } = header;
  const isSide = (side: number): boolean => side >= 1 && side <= LARGEST_SIDE;
  if (isSide(height) && isSide(width)) return header;
  throw refusePhrase(where, `a ${format} of 1 to ${LARGEST_SIDE} pixels a side`, `${width}×${height}`);
}

const cutShort = (where: string, format: string, { length }: Buffer): InputError =>
  refusePhrase(where, `a whole ${format}`, `one that ends after ${length} bytes without its end`, 'copy the file again');
