/** A picture with the boxes that were found in it, at its own size. */
import type { RgbPicture } from '../../data/pictures/rgbPicture';
import { boxesSvg } from '../../detection/boxesSvg';
import type { Detections } from '../../detection/detections';
import { encodePng } from '../../kernel/display/png';
import { rasterize } from '../render/raster';

/** PNG. @param found boxes in pixels of the picture @param score detections from it on are drawn */
export function boxesPicture(
  { width, height, bytes }: RgbPicture,
  found: Detections,
  { classNames, score }: { readonly classNames: readonly string[]; readonly score: number },
): Buffer {
  const units = found.boxes.map((value, i) => value / (i % 2 === 0 ? width : height));
  const ground = encodePng(bytes, height, width, 3).toString('base64');
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif">`,
    `<image width="${width}" height="${height}" href="data:image/png;base64,${ground}"/>`,
    boxesSvg({ ...found, boxes: units }, { classNames, size: [height, width], score }),
    '</svg>',
  ];
  return rasterize(svg.join(''), 1);
}
