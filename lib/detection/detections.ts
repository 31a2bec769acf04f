/** What was found in an image, and what is there. */
import type { CornerBoxes } from './boxes';

/** Boxes with their classes and scores. */
export interface Detections {
  readonly boxes: CornerBoxes;
  readonly classes: Int32Array;
  readonly scores: Float64Array;
}

/** The objects of an image. Marks may be left out: none has them then. */
export interface Objects {
  readonly boxes: CornerBoxes;
  readonly classes: Int32Array;
  /** 1 where VOC's annotators call an object difficult: it is neither to be found nor wrong to find. */
  readonly difficult?: Uint8Array;
  /** 1 where COCO's annotators drew one box around many objects. */
  readonly crowd?: Uint8Array;
  /** Of the objects themselves, where it is known (COCO's masks); absent: width · height of the boxes. */
  readonly areas?: Float64Array;
}

/** One image of an evaluation: what is there and what was found. */
export interface EvaluatedImage {
  readonly objects: Objects;
  readonly detections: Detections;
}
