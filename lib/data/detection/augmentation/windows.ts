/**
 * Where SSD looks at a picture in training (Liu et al. 2016, section 2.2; weiliu89/caffe branch ssd, sampler.cpp): from a distance, so that
 * objects are small, or at a part of it that an object overlaps by at least so much.
 */
import { iou } from '../../../detection/boxes';
import type { Objects } from '../../../detection/detections';
import type { RandomStream } from '../../../util/rng';
import type { Window } from '../../pictures/viewPicture';
import { objectsInView } from './viewedObjects';

/** Of `drawCrop`. */
export interface CropOptions {
  /** Least overlaps of a crop with one object, each tried; undefined is any overlap. Default 0.1, 0.3, 0.5, 0.7, 0.9 and any. */
  readonly overlaps?: readonly (number | undefined)[];
  /** Crops tried for each; default 50. */
  readonly trials?: number;
  /** The least side of a crop, of the picture's; default 0.3. */
  readonly least?: number;
}

const OVERLAPS: readonly (number | undefined)[] = [0.1, 0.3, 0.5, 0.7, 0.9, undefined];

/**
 * A window `ratio` times as large as the picture in both directions, with the picture at a random place in it.
 * @param most the largest ratio, SSD's is 4; drawn from 1
 */
export function drawExpansion(most: number, stream: RandomStream): Window {
  const ratio = 1 + (most - 1) * stream.uniform();
  const [x, y] = [-(ratio - 1) * stream.uniform(), -(ratio - 1) * stream.uniform()];
  return [x, y, x + ratio, y + ratio];
}

/**
 * A part of a window: for each of the overlaps the first crop of so many that one object overlaps enough, and that shows an object; then
 * one of these crops, or all of the window, by equal chances. All of it where there are no objects.
 * @param objects in units of the window @param pixels [height, width] of what is to be seen: objects of less than one pixel are none
 * @returns in units of the window
 */
export function drawCrop(
  objects: Objects,
  pixels: readonly [number, number],
  stream: RandomStream,
  options: CropOptions = {},
): Window {
  const { overlaps = OVERLAPS, trials = 50, least = 0.3 } = options;
  const found: Window[] = [[0, 0, 1, 1]];
  if (objects.classes.length === 0) return found[0] as Window;
  for (const overlap of overlaps) {
    for (let trial = 0; trial < trials; trial++) {
      const crop = drawWindow(least, stream);
      if (!isOverlapped(crop, objects, overlap) || objectsInView(objects, crop, pixels).classes.length === 0) continue;
      found.push(crop);
      break;
    }
  }
  return found[stream.below(found.length)] as Window;
}

/** Sides s·√a and s/√a for a scale s and an aspect a from max(½, s²) to min(2, 1/s²), so that both are within the picture. */
function drawWindow(least: number, stream: RandomStream): Window {
  const scale = least + (1 - least) * stream.uniform();
  const [low, high] = [Math.max(0.5, scale ** 2), Math.min(2, scale ** -2)];
  const aspect = low + (high - low) * stream.uniform();
  const [width, height] = [scale * Math.sqrt(aspect), scale / Math.sqrt(aspect)];
  const [x, y] = [(1 - width) * stream.uniform(), (1 - height) * stream.uniform()];
  return [x, y, x + width, y + height];
}

function isOverlapped(crop: Window, { boxes, classes }: Objects, overlap: number | undefined): boolean {
  if (overlap === undefined) return true;
  const window = Float64Array.from(crop);
  return classes.some((_, i) => iou(window, 0, boxes, i) >= overlap);
}
