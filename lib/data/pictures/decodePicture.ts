/**
 * Pictures from the bytes of JPEG, PNG and WebP files, by the package sharp (libvips), which is loaded when the first picture is decoded; small
 * JPEGs by the same decoder without libvips (`smallJpeg`).
 * Grey and palette pictures become red, green and blue, CMYK by libvips' profile; of 16 bits the upper 8 count; of several frames the first;
 * an alpha channel is left out, so that what it hides is seen, and the profiles of files are passed over, as Pillow's `convert('RGB')` does.
 */
import { InputError, integerIn, knownKeys, refuse, refusePhrase, textIn } from '../../util/check';
import { readBytes } from '../../util/files';
import { otherFormat } from './otherFormat';
import { pictureHeader } from './pictureHeader';
import type { RgbPicture } from './rgbPicture';
import { decodeSmallJpeg, SMALL_PIXELS } from './smallJpeg';

/** Of `decodePicture` and `readPicture`. */
export interface PictureOptions {
  /** Turns and mirrors a picture as its EXIF orientation says; default false: boxes are those of the pixels as they are stored. */
  readonly upright?: boolean;
  /** Pictures of more pixels are refused before any is decoded; default 100 million (three bytes each). */
  readonly mostPixels?: number;
}

const MOST_PIXELS = 100_000_000;
const MOST_BYTES = 2 ** 28;

/** The picture of a file. @throws InputError as `decodePicture`, and for a file that is missing, larger than 256 MiB or not to be read */
export const readPicture = async (path: string, options?: PictureOptions): Promise<RgbPicture> =>
  decodePicture(path, readBytes(textIn('readPicture: path', path), 'a picture', MOST_BYTES), options);

/**
 * The picture of a file's bytes.
 * @param where the file, for errors
 * @throws InputError naming `where`, for bytes of another format, broken or cut short, for too many pixels, and where sharp is not installed
 */
export async function decodePicture(where: string, bytes: Uint8Array, options: PictureOptions = {}): Promise<RgbPicture> {
  textIn('decodePicture: where', where);
  if (!(bytes instanceof Uint8Array)) throw refuse('decodePicture: bytes', 'a Uint8Array', bytes);
  knownKeys('decodePicture', options, ['upright', 'mostPixels']);
  const { upright = false } = options;
  const mostPixels = integerIn('decodePicture: mostPixels', options.mostPixels ?? MOST_PIXELS, 1);
  const header = pictureHeader(where, bytes);
  if (!header) throw refusePhrase(where, 'a JPEG, PNG or WebP', otherFormat(bytes));
  const { height, width, format, exif } = header;
  if (height * width > mostPixels) {
    throw refusePhrase(where, `a picture of at most ${mostPixels} pixels`, `one of ${width}×${height}`);
  }
  const turned = upright && exif;
  const small = format === 'JPEG' && !turned && height * width <= SMALL_PIXELS ? await decodeSmallJpeg(bytes) : undefined;
  if (small?.height === height && small.width === width) return small;
  const sharp = loadSharp();
  try {
    const input = sharp(bytes, { failOn: 'warning', limitInputPixels: mostPixels, ignoreIcc: true });
    const rgb = (turned ? input.autoOrient() : input).removeAlpha().toColourspace('srgb').raw({ depth: 'uchar' });
    const { data, info } = await rgb.toBuffer({ resolveWithObject: true });
    return { height: info.height, width: info.width, bytes: data };
  } catch (error) {
    throw refusePhrase(where, `a ${format} that can be decoded`, (error as Error).message.trim());
  }
}

type Sharp = typeof import('sharp');

let loaded: Sharp | undefined;

/**
 * The package, set for many small pictures: one thread a picture, since pictures are decoded side by side, and nothing kept. Where worker
 * threads decode, the main thread must have loaded it before (sharp's documentation, install, "Worker threads").
 * @throws InputError where it is not installed
 */
export function loadSharp(): Sharp {
  if (loaded) return loaded;
  try {
    loaded = require('sharp') as Sharp; // native: loaded when used
  } catch (error) {
    const [reason = ''] = (error as Error).message.trim().split('\n');
    throw new InputError(
      `decodePicture: expected the package sharp, which decodes pictures, received ${reason}; npm install sharp@0.35.5`,
    );
  }
  loaded.concurrency(1);
  loaded.cache(false);
  return loaded;
}
