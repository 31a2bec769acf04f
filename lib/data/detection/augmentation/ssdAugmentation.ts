/**
 * SSD's variation of training pictures (Liu et al. 2016, section 2.2 and 3.6), as data: which part of a picture is seen, how large, mirrored or
 * not, in which colours. All draws are from one stream, so that a picture varied by the same stream is the same, whoever varies it.
 */
import type { Objects } from '../../../detection/detections';
import type { RandomStream } from '../../../util/rng';
import type { RgbPicture } from '../../pictures/rgbPicture';
import { type PictureView, viewPicture, WHOLE, writeBytes } from '../../pictures/viewPicture';
import { type ColourChange, type ColourRange, changeColours, drawColour, NO_CHANGE, SSD_COLOURS } from './colour';
import { inUnits, mirrorBoxes, objectsInView, windowWithin } from './viewedObjects';
import { type CropOptions, drawCrop, drawExpansion } from './windows';

/** Of `drawVariation`; the defaults are SSD's. */
export interface SsdAugmentation {
  /** Absent: colours stay. */
  readonly colours?: ColourRange;
  /** How much larger than the picture what is seen may be, in half of the cases; 1: never larger. SSD's is 4. */
  readonly expansion: number;
  /** Absent: no crops. */
  readonly crops?: CropOptions;
  /** In half of the cases each; `both` for pictures without an upper side, as of cells. */
  readonly mirror: 'none' | 'horizontal' | 'both';
}

/** The paper's own. */
export const SSD_AUGMENTATION: SsdAugmentation = { colours: SSD_COLOURS, expansion: 4, crops: {}, mirror: 'horizontal' };

/** How a picture is seen, and which objects are seen in it. */
export interface Variation {
  readonly view: PictureView;
  readonly colour: ColourChange;
  /** In units of the view. */
  readonly objects: Objects;
}

/** A picture as it is, at another size. @param size of the picture @param pixels of the view */
export function plainVariation(objects: Objects, size: readonly [number, number], pixels: readonly [number, number]): Variation {
  return { view: {}, colour: NO_CHANGE, objects: objectsInView(inUnits(objects, size), WHOLE, pixels) };
}

/**
 * Draws how a picture is varied, in the order colours, expansion, crop, mirrors. Where an object was and none would be left, it is
 * not expanded.
 * @param size [height, width] of the picture @param pixels of the view @param objects in pixels of the picture
 */
export function drawVariation(
  objects: Objects,
  size: readonly [number, number],
  pixels: readonly [number, number],
  augmentation: SsdAugmentation,
  stream: RandomStream,
): Variation {
  const { colours, expansion, crops, mirror } = augmentation;
  const colour = colours ? drawColour(colours, stream) : NO_CHANGE;
  const isExpanded = stream.uniform() < 0.5;
  const canvas = drawExpansion(expansion, stream);
  const units = inUnits(objects, size);
  const far = objectsInView(units, canvas, pixels);
  const window = isExpanded && (far.classes.length > 0 || units.classes.length === 0) ? canvas : WHOLE;
  // Those that are too small to be seen as well: a crop may show them.
  const seen = objectsInView(units, window, [Infinity, Infinity]);
  const crop = crops ? drawCrop(seen, pixels, stream, crops) : WHOLE;
  const [mirrored, upsideDown] = [stream.uniform() < 0.5 && mirror !== 'none', stream.uniform() < 0.5 && mirror === 'both'];
  const view: PictureView = { window: windowWithin(window, crop), mirrored, upsideDown };
  const found = objectsInView(seen, crop, pixels);
  return { view, colour, objects: { ...found, boxes: mirrorBoxes(found.boxes, view) } };
}

/**
 * Writes a varied picture as bytes.
 * @param fill around the picture: the mean of the data set, from 0 to 255 @param out [height, width, 3]
 */
export function writeVariation(
  picture: RgbPicture,
  pixels: readonly [height: number, width: number],
  { view, colour }: Variation,
  fill: readonly [number, number, number],
  out: Uint8Array,
): void {
  const values = viewPicture(picture, pixels, view, fill);
  changeColours(values, colour);
  writeBytes(values, out);
}
