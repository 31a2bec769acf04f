/**
 * Pictures brought to a smaller size once and kept on disk as bytes: a photograph of 640×480 pixels that is seen at 160×160 is decoded in
 * the first epoch only. A file is named by the SHA-256 of all that made it (the picture's bytes, the size, the decoder's version), so that
 * it is never out of date; one that was damaged is made anew.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { readBytes, writeCached } from '../../util/files';
import { sha256 } from '../../util/hash';
import { decodePicture, loadSharp } from './decodePicture';
import { CHANNELS, type RgbPicture } from './rgbPicture';
import { viewPicture, writeBytes } from './viewPicture';

/** How far pictures are shrunk, and where they are kept. */
export interface ShrinkPlan {
  /** No picture is higher or wider: each direction by itself, whatever the proportions. With `cover` none is both. */
  readonly most: readonly [height: number, width: number];
  /** Proportions stay, and pictures are turned as their EXIF orientation says; default false. */
  readonly cover?: boolean;
  readonly folder: string;
}

/** A picture at another size than its file has. */
export interface ShrunkPicture extends RgbPicture {
  /** [height, width] of the file's, which boxes belong to. */
  readonly original: readonly [height: number, width: number];
}

/** Says what a file is: its bytes are read by nothing else. */
const MAGIC = Buffer.from('iekd rgb');
/** Height, width, those of the original, CRC-32 of the bytes; little-endian, 4 bytes each. */
const NUMBERS_AT = MAGIC.length;
const BYTES_AT = NUMBERS_AT + 5 * 4;

/** @throws InputError as `readPicture`, and where the folder cannot be written */
export async function readShrunk(path: string, { most, folder, cover = false }: ShrinkPlan): Promise<ShrunkPicture> {
  const bytes = readBytes(path, 'a picture');
  const { sharp, vips } = loadSharp().versions;
  const name = sha256(`sharp ${sharp}, libvips ${vips}, at most ${most.join('×')}${cover ? ', covered' : ''}\n`, bytes);
  const file = join(folder, name.slice(0, 2), `${name.slice(2)}.rgb`);
  const kept = existsSync(file) ? unpacked(readBytes(file)) : undefined;
  if (kept) return kept;
  const picture = await decodePicture(path, bytes, { upright: cover });
  const shrunk = shrink(picture, cover ? covering(picture, most) : most);
  writeCached(file, packed(shrunk));
  return shrunk;
}

/** The size at which a picture of the same proportions covers `most`: the one side exactly, the other rounded, nowhere less. */
function covering({ height, width }: RgbPicture, [mostHigh, mostWide]: ShrinkPlan['most']): ShrinkPlan['most'] {
  const scale = Math.max(mostHigh / height, mostWide / width);
  return [Math.max(mostHigh, Math.round(scale * height)), Math.max(mostWide, Math.round(scale * width))];
}

/** By the triangles of `viewPicture`, rounded to bytes; in a direction in which the picture is small enough it stays as it is. */
export function shrink(picture: RgbPicture, most: ShrinkPlan['most']): ShrunkPicture {
  const original = [picture.height, picture.width] as const;
  const [height, width] = [Math.min(original[0], most[0]), Math.min(original[1], most[1])];
  if (height === original[0] && width === original[1]) return { ...picture, original };
  const values = viewPicture(picture, [height, width], {}, [0, 0, 0]);
  const bytes = new Uint8Array(values.length);
  writeBytes(values, bytes);
  return { height, width, bytes, original };
}

function packed({ height, width, original, bytes }: ShrunkPicture): Uint8Array {
  const file = Buffer.alloc(BYTES_AT + bytes.length);
  MAGIC.copy(file);
  for (const [i, value] of [height, width, ...original, crc32(bytes)].entries()) file.writeUInt32LE(value, NUMBERS_AT + 4 * i);
  file.set(bytes, BYTES_AT);
  return file;
}

/** Undefined for a file that is not whole. */
function unpacked(file: Buffer): ShrunkPicture | undefined {
  if (file.length < BYTES_AT || !file.subarray(0, NUMBERS_AT).equals(MAGIC)) return undefined;
  const [height = 0, width = 0, fileHeight = 0, fileWidth = 0, sum] = [0, 1, 2, 3, 4].map((i) =>
    file.readUInt32LE(NUMBERS_AT + 4 * i),
  );
  const bytes = file.subarray(BYTES_AT);
  if (bytes.length !== height * width * CHANNELS || crc32(bytes) !== sum) return undefined;
  return { height, width, bytes, original: [fileHeight, fileWidth] };
}
