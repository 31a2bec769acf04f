/** The files of a layout part by part, as `dataReport` looks at them. */
import { join } from 'node:path';
import type { PictureFiles } from '../check/pictureFiles';
import { FILE_PARTS, type ImageFiles } from './imageFiles';

/** Files that the layout puts in no part are in `all`. */
export function imagePictures({ folder, names, classNames, labels, parts, layout, notes }: ImageFiles): PictureFiles {
  const found = FILE_PARTS.map((part, code) => {
    const numbers = Uint32Array.from(parts.keys()).filter((i) => parts[i] === code);
    return {
      part: part === 'any' ? 'all' : part,
      count: numbers.length,
      file: (i: number) => join(folder, names.at(numbers[i] as number)),
      classes: (i: number) => labels.subarray(numbers[i], (numbers[i] as number) + 1),
    };
  });
  return { classNames, layout, parts: found.filter(({ count }) => count > 0), notes };
}
