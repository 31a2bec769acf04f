/** The objects of a picture as they are in a view of it. */
import { boxAt, selectBoxes } from '../../../detection/boxes';
import type { Objects } from '../../../detection/detections';
import { type PictureView, WHOLE, type Window } from '../../pictures/viewPicture';

/** The objects in units of a picture of this size, [0, 1] in both directions. */
export function inUnits(objects: Objects, [height, width]: readonly [height: number, width: number]): Objects {
  return { ...objects, boxes: objects.boxes.map((value, i) => value / (i % 2 === 0 ? width : height)) };
}

/**
 * The objects whose centre lies in a window, cut to it, in units of the window.
 * @param objects in the units that the window is in @param pixels [height, width] of the view: what of an object is less than one pixel wide or
 * high there is nothing to learn from, and its logarithm is far from all others
 */
export function objectsInView(objects: Objects, window: Window, pixels: readonly [height: number, width: number]): Objects {
  const [x1, y1, x2, y2] = window;
  const [width, height] = [x2 - x1, y2 - y1];
  const rows = Array.from({ length: objects.classes.length }, (_, i) => {
    const [left, top, right, bottom] = boxAt(objects.boxes, i);
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    const inside = x > x1 && x < x2 && y > y1 && y < y2;
    const row = [
      (Math.max(left, x1) - x1) / width,
      (Math.max(top, y1) - y1) / height,
      (Math.min(right, x2) - x1) / width,
      (Math.min(bottom, y2) - y1) / height,
    ] as const;
    return inside && (row[2] - row[0]) * pixels[1] >= 1 && (row[3] - row[1]) * pixels[0] >= 1 ? row : undefined;
  });
  const kept = [...rows.keys()].filter((i) => rows[i]);
  const { areas: _, ...chosen } = selectObjects(objects, kept);
  return { ...chosen, boxes: Float64Array.from(kept.flatMap((i) => rows[i] ?? [])) };
}

/** Boxes mirrored with their picture. @param boxes in units of the picture */
export function mirrorBoxes(boxes: Float64Array, { mirrored = false, upsideDown = false }: PictureView): Float64Array {
  const result = boxes.slice();
  for (const [axis, mirror] of [mirrored, upsideDown].entries()) {
    if (!mirror) continue;
    for (let at = axis; at < boxes.length; at += 4) {
      result[at] = 1 - (boxes[at + 2] as number);
      result[at + 2] = 1 - (boxes[at] as number);
    }
  }
  return result;
}

/** A window of a window, in the units that the outer one is in. */
export function windowWithin([x1, y1, x2, y2]: Window, inner: Window = WHOLE): Window {
  const [width, height] = [x2 - x1, y2 - y1];
  return [x1 + inner[0] * width, y1 + inner[1] * height, x1 + inner[2] * width, y1 + inner[3] * height];
}

function selectObjects(objects: Objects, indices: readonly number[]): Objects {
  const pick = (marks: Uint8Array): Uint8Array => Uint8Array.from(indices, (i) => marks[i] as number);
  const { boxes, classes, difficult, crowd } = objects;
  return {
    boxes: selectBoxes(boxes, indices),
    classes: Int32Array.from(indices, (i) => classes[i] as number),
    ...(difficult ? { difficult: pick(difficult) } : {}),
    ...(crowd ? { crowd: pick(crowd) } : {}),
  };
}
