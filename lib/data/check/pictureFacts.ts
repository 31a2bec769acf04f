/** What one file of a picture is: read, decoded and looked at once. */
import { InputError } from '../../util/check';
import { readBytes } from '../../util/files';
import { sha256 } from '../../util/hash';
import { printable } from '../../util/text';
import { decodePicture } from '../pictures/decodePicture';
import { type PictureHeader, pictureHeader } from '../pictures/pictureHeader';
import { type PixelSums, pixelSums } from './differenceHash';

/** Of a file that can be decoded. */
export interface PictureFacts extends PixelSums {
  readonly format: PictureHeader['format'];
  /** Pixels, upright. */
  readonly height: number;
  readonly width: number;
  /** Of the file's bytes. */
  readonly sha256: string;
}

/** Facts, or why there are none. */
export type FileFacts = PictureFacts | { readonly reason: string };

const MOST_BYTES = 2 ** 28;

/** Of the file at a path. */
export async function fileFacts(file: string): Promise<FileFacts> {
  try {
    const bytes = readBytes(file, 'a picture', MOST_BYTES);
    const picture = await decodePicture(file, bytes, { upright: true });
    const { format } = pictureHeader(file, bytes) as PictureHeader;
    return { format, height: picture.height, width: picture.width, sha256: sha256(bytes), ...pixelSums(picture) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const place = `${printable(file)}: `;
    return { reason: error.message.startsWith(place) ? error.message.slice(place.length) : error.message };
  }
}
