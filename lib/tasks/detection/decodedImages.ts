/** What a detector finds in the images of a batch, beside what is there, in pixels of the images. */
import type { Batch } from '../../data/types';
import { type DecodedDetections, decodeDetections } from '../../detection/decoding';
import type { EvaluatedImage, Objects } from '../../detection/detections';
import type { PriorTable } from '../../detection/priorTargets';
import type { ForwardResult } from '../../models/types';
import { hinted } from '../../util/check';
import { priorOutput } from './detectorOutput';
import { objectsOf } from './priorTensors';

/** What is there, and what was found at which prior. */
export interface DecodedImage extends EvaluatedImage {
  readonly detections: DecodedDetections;
}

/**
 * @param score detections count from it on @param first number of the batch's first image, for errors
 * @throws InputError naming `where` and the image, for images without objects and for an output that is not finite
 */
export function decodedImages(
  where: string,
  result: ForwardResult,
  batch: Batch,
  priors: Pick<PriorTable, 'centres'>,
  { score, first }: { readonly score: number; readonly first: number },
): DecodedImage[] {
  const output = priorOutput(result);
  const [scores, offsets] = [output.logits.dataSync<'float32'>(), output.offsets.dataSync<'float32'>()];
  return objectsOf(where, batch).map((objects, i): DecodedImage => {
    const part = (values: Float32Array): Float32Array =>
      values.subarray((i * values.length) / batch.size, ((i + 1) * values.length) / batch.size);
    const detections = hinted(`it is image ${first + i} of ${where}`, () =>
      decodeDetections(part(scores), part(offsets), priors.centres, { score }),
    );
    return { objects: inPixels(objects, batch), detections: { ...detections, boxes: scaled(detections.boxes, batch) } };
  });
}

const inPixels = (objects: Objects, batch: Batch): Objects => {
  const { areas: _, ...rest } = objects; // of the picture, not of the image that the network sees
  return { ...rest, boxes: scaled(objects.boxes, batch) };
};

const scaled = (boxes: Float64Array, { shape: [, height, width] }: Batch): Float64Array =>
  boxes.map((value, i) => value * (i % 2 === 0 ? width : height));
