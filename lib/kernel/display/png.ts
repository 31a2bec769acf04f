/**
 * PNG of raw pixels, for rasters that stand inside an SVG: everything else is encoded by resvg. Eight bits a channel, no filter.
 * https://www.w3.org/TR/png-3/
 */
import { crc32, deflateSync } from 'node:zlib';
import { refuse } from '../../util/check';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
/** Colour type by number of channels: grey, RGB, RGBA. */
const COLOUR_TYPE: Readonly<Record<number, number>> = { 1: 0, 3: 2, 4: 6 };

/**
 * @param pixels [height, width, channels], row by row
 * @param channels 1, 3 or 4
 */
export function encodePng(pixels: Uint8Array | Uint8ClampedArray, height: number, width: number, channels: number): Buffer {
  const colourType = COLOUR_TYPE[channels];
  if (colourType === undefined) throw refuse('encodePng', '1, 3 or 4 channels', channels);
  const row = width * channels;
  if (pixels.length !== row * height) throw refuse('encodePng', `${row * height} pixel values`, pixels.length);
  const lines = Buffer.alloc((row + 1) * height); // a filter byte, 0, before each line
  for (let y = 0; y < height; y++) lines.set(pixels.subarray(y * row, (y + 1) * row), y * (row + 1) + 1);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, colourType], 8);
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('IDAT', deflateSync(lines)), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  whole.set(body, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}
