/** Pictures that a page offers: files as they are, and test images as PNGs of what a network sees. */
import { basename, extname } from 'node:path';
import { imageAt } from '../data/images/imageSet';
import { readImages } from '../data/images/imageSource';
import { decodePicture } from '../data/pictures/decodePicture';
import type { Images } from '../data/types';
import { encodePng } from '../kernel/display/png';
import { readBytes } from '../util/files';

/** The bytes of a PNG, JPEG or WebP. */
export interface DemoSample {
  readonly bytes: Uint8Array;
  /** `.png` */
  readonly ending: string;
  readonly label?: string;
}

/** Of a file. */
const MOST_BYTES = 16 * 2 ** 20;

/** Files by their names. @throws InputError for what is no picture, and for more than 16 MiB */
export const fileSamples = (files: readonly string[]): Promise<DemoSample[]> =>
  Promise.all(
    files.map(async (file) => {
      const bytes = readBytes(file, 'a picture', MOST_BYTES);
      await decodePicture(file, bytes);
      const ending = extname(file);
      return { bytes, ending: ending.toLowerCase(), label: basename(file, ending) };
    }),
  );

/** The first image of each class, in the order of the classes, `most` at most. */
export async function imageSamples(images: Images, classNames: readonly string[], most: number): Promise<DemoSample[]> {
  const found = classNames.map((label, c) => ({ label, at: images.labels.indexOf(c) })).filter(({ at }) => at >= 0);
  const chosen = found.slice(0, most);
  const { height, width, channels } = images;
  const read = await readImages(
    images,
    Uint32Array.from(chosen, ({ at }) => at),
  );
  return chosen.map(({ label }, i) => ({ bytes: encodePng(imageAt(read, i), height, width, channels), ending: '.png', label }));
}
