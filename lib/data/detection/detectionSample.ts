/** A picture with its objects, as annotations name it: the picture itself is read when it is needed. */
import { type CornerBoxes, clipBoxes } from '../../detection/boxes';
import type { Objects } from '../../detection/detections';
import { type InputError, refusePhrase } from '../../util/check';
import { LARGEST_SIDE } from '../pictures/rgbPicture';

/** One picture of a data set for detection. */
export interface DetectionSample {
  /** Of the list or file that it came from. */
  readonly id: string;
  /** Path of the picture's file. */
  readonly picture: string;
  /** [height, width] in pixels as the annotation has it; absent where it does not say. */
  readonly size?: readonly [height: number, width: number];
  /** Boxes as corners on the edges of pixels, from 0. */
  readonly objects: Objects;
}

/** A data set's samples with the names of the classes. */
export interface DetectionSamples {
  readonly classNames: readonly string[];
  readonly samples: readonly DetectionSample[];
}

/**
 * What is done about a box that cannot be right: `refuse` ends the reading; a function is given the sentence and what is done,
 * and reading goes on with what of the box lies in the picture, or without it.
 */
export type BadBoxes = 'refuse' | ((sentence: string, outcome: 'clipped' | 'dropped') => void);

/** One object before it is checked. */
export interface GivenObject {
  /** Where it is, for errors: file and line. */
  readonly where: string;
  /** x1, y1, x2, y2 on the edges of pixels, from 0. */
  readonly corners: readonly [number, number, number, number];
  readonly ofClass: number;
  readonly difficult?: boolean;
  readonly crowd?: boolean;
  readonly area?: number;
}

/** More objects of one picture are a mistake, or an attack. */
export const MOST_OBJECTS = 10_000;

/** What a box that begins at −1 tells. */
const FROM_ZERO = 'where files count pixels from 0, say origin: 0';

/** The objects of a picture, each checked. @throws InputError of the first bad box, unless `badBoxes` takes them */
export function objectsOf(given: readonly GivenObject[], size: DetectionSample['size'], badBoxes: BadBoxes): Objects {
  const kept = given.flatMap((one): GivenObject[] => {
    const problem = problemOf(one, size);
    if (!problem) return [one];
    if (badBoxes === 'refuse') throw problem;
    const corners = clipped(one.corners, size);
    badBoxes(problem.message, corners ? 'clipped' : 'dropped');
    return corners ? [{ ...one, corners }] : [];
  });
  const marks = (mark: (one: GivenObject) => boolean | undefined): Uint8Array =>
    Uint8Array.from(kept, (one) => (mark(one) ? 1 : 0));
  return {
    boxes: Float64Array.from(kept.flatMap(({ corners }) => corners)),
    classes: Int32Array.from(kept, ({ ofClass }) => ofClass),
    difficult: marks(({ difficult }) => difficult),
    crowd: marks(({ crowd }) => crowd),
    areas: Float64Array.from(kept, ({ area, corners: [x1, y1, x2, y2] }) => area ?? (x2 - x1) * (y2 - y1)),
  };
}

function problemOf({ where, corners }: GivenObject, size: DetectionSample['size']): InputError | undefined {
  const [x1, y1, x2, y2] = corners;
  const text = `corners ${corners.join(', ')}`;
  if (!corners.every((value) => Math.abs(value) <= LARGEST_SIDE)) {
    return refusePhrase(where, `corners of at most ${LARGEST_SIDE} pixels`, text);
  }
  if (!(x2 > x1 && y2 > y1)) return refusePhrase(where, 'a box with a width and a height', text);
  if (!size) return x1 < 0 || y1 < 0 ? refusePhrase(where, 'a box inside the picture', text, FROM_ZERO) : undefined;
  const [height, width] = size;
  if (x1 >= 0 && y1 >= 0 && x2 <= width && y2 <= height) return undefined;
  const hint = x1 === -1 || y1 === -1 ? FROM_ZERO : undefined;
  return refusePhrase(where, `a box inside the picture of ${width}×${height} pixels`, text, hint);
}

/** What of a box lies in the picture; undefined where nothing does. */
function clipped(corners: GivenObject['corners'], size: DetectionSample['size']): GivenObject['corners'] | undefined {
  const [height, width] = size ?? [LARGEST_SIDE, LARGEST_SIDE];
  const boxes: CornerBoxes = clipBoxes(Float64Array.from(corners), width, height);
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = boxes;
  return x2 > x1 && y2 > y1 ? [x1, y1, x2, y2] : undefined;
}
