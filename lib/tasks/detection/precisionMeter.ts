/** Mean average precision over a part of a data set, by VOC's rules and by COCO's, with the loss of the task. */
import type { Batch } from '../../data/types';
import { decodeDetections } from '../../detection/decoding';
import type { EvaluatedImage, Objects } from '../../detection/detections';
import { cocoEvaluation } from '../../detection/evaluation/coco';
import { vocEvaluation } from '../../detection/evaluation/voc';
import { multiboxLoss } from '../../detection/multiboxLoss';
import { tf } from '../../engine/tf';
import type { Network } from '../../models/types';
import { hinted } from '../../util/check';
import type { Meter } from '../types';
import type { DetectionOptions } from './detectionOptions';
import { priorOutput } from './detectorOutput';
import { objectsOf, priorTables, priorTensors } from './priorTensors';

/** Detections count from this score on: a higher one loses points. */
const SCORE = 0.01;

/** Metrics `map`, `ap`, `ap50` and `ap75`, fractions in [0, 1]; of what there are no objects for, NaN. */
export function precisionMeter(where: string, { classes }: Network, options: Required<DetectionOptions>): Meter {
  const tables = priorTables(options);
  const images: EvaluatedImage[] = [];
  let [loss, positives] = [0, 0];
  return {
    add(result, batch) {
      const [, height, width] = batch.shape;
      const priors = tables(height, width);
      const output = priorOutput(result);
      const [scores, offsets] = [output.logits.dataSync<'float32'>(), output.offsets.dataSync<'float32'>()];
      for (const [i, objects] of objectsOf(where, batch).entries()) {
        const part = <T extends Float32Array>(values: T): T =>
          values.subarray((i * values.length) / batch.size, ((i + 1) * values.length) / batch.size) as T;
        const detections = hinted(`it is image ${images.length} of ${where}`, () =>
          decodeDetections(part(scores), part(offsets), priors.centres, { score: SCORE }),
        );
        images.push({ objects: inPixels(objects, batch), detections: { ...detections, boxes: scaled(detections.boxes, batch) } });
      }
      const measured = lossOf(batch);
      loss += measured.loss * measured.positives;
      positives += measured.positives;

      function lossOf(of: Batch): { readonly loss: number; readonly positives: number } {
        const [labels, targets] = priorTensors(of, priors, options);
        const { confidence, localisation } = multiboxLoss(output, { labels, offsets: targets }, options);
        const found = labels.dataSync<'int32'>().reduce((sum, label) => sum + (label > 0 ? 1 : 0), 0);
        return { loss: tf.add(confidence, localisation).dataSync()[0] as number, positives: Math.max(1, found) };
      }
    },
    result() {
      const { ap, ap50, ap75 } = cocoEvaluation(images, classes);
      const { meanAveragePrecision } = vocEvaluation(images, classes, { rule: options.rule });
      return { loss: loss / positives, metrics: { map: meanAveragePrecision, ap, ap50, ap75 } };
    },
  };
}

const inPixels = (objects: Objects, batch: Batch): Objects => {
  const { areas: _, ...rest } = objects; // of the picture, not of the image that the network sees
  return { ...rest, boxes: scaled(objects.boxes, batch) };
};

const scaled = (boxes: Float64Array, { shape: [, height, width] }: Batch): Float64Array =>
  boxes.map((value, i) => value * (i % 2 === 0 ? width : height));
