/**
 * What the first bytes of a picture's file say: its format and size, without decoding it. JPEG (ITU-T T.81, annex B) and PNG (ISO/IEC 15948,
 * clauses 5 and 11); whether the file was cut short is seen by its end.
 */
import { describe, type InputError, refusePhrase } from '../../util/check';
import { LARGEST_SIDE } from './detectionSample';

/** Of a file. */
export interface PictureHeader {
  readonly format: 'JPEG' | 'PNG';
  readonly height: number;
  readonly width: number;
}

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const PNG_END = Buffer.from('IEND');
/** Signature, length and name of the first chunk, then width and height. */
const PNG_SIZE_AT = 16;
const JPEG_START = Buffer.from([0xff, 0xd8, 0xff]);
const JPEG_END = Buffer.from([0xff, 0xd9]);

/** The header of a JPEG or PNG; undefined for another format. @param where the file, for errors @throws InputError for one that is broken or cut short */
export function pictureHeader(where: string, bytes: Uint8Array): PictureHeader | undefined {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (data.subarray(0, 3).equals(JPEG_START)) return jpegHeader(where, data);
  return data.subarray(0, 8).equals(PNG_SIGNATURE) ? pngHeader(where, data) : undefined;
}

function pngHeader(where: string, data: Buffer): PictureHeader {
  if (data.lastIndexOf(PNG_END) < PNG_SIZE_AT) throw cutShort(where, 'PNG', data);
  const [width, height] = [data.readUInt32BE(PNG_SIZE_AT), data.readUInt32BE(PNG_SIZE_AT + 4)];
  return checked(where, { format: 'PNG', height, width });
}

/** Walks from segment to segment, each a marker and a length, to the one that begins a frame. */
function jpegHeader(where: string, data: Buffer): PictureHeader {
  let at = 2;
  while (at + 9 < data.length) {
    if (data[at] !== 0xff) throw refusePhrase(where, `a JPEG, with a marker at byte ${at}`, describe(data[at]));
    const marker = data[at + 1] as number;
    if (marker === 0xff)
      at++; // a filling byte
    else if (isFrame(marker)) {
      const [height, width] = [data.readUInt16BE(at + 5), data.readUInt16BE(at + 7)];
      if (data.lastIndexOf(JPEG_END) < at) throw cutShort(where, 'JPEG', data);
      return checked(where, { format: 'JPEG', height, width });
    } else at += 2 + Math.max(2, data.readUInt16BE(at + 2));
  }
  throw cutShort(where, 'JPEG', data);
}

/** Frames of any coding: 0xC0 to 0xCF without the tables and the extension among them. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

function checked(where: string, header: PictureHeader): PictureHeader {
  const { format, height, width } = header;
  const isSide = (side: number): boolean => side >= 1 && side <= LARGEST_SIDE;
  if (isSide(height) && isSide(width)) return header;
  throw refusePhrase(where, `a ${format} of 1 to ${LARGEST_SIDE} pixels a side`, `${width}×${height}`);
}

const cutShort = (where: string, format: string, { length }: Buffer): InputError =>
  refusePhrase(where, `a whole ${format}`, `one that ends after ${length} bytes without its end`, 'copy the file again');
