/** Mean average precision over a part of a data set, by VOC's rules and by COCO's, with the loss of the task. */
import type { EvaluatedImage } from '../../detection/detections';
import { cocoEvaluation } from '../../detection/evaluation/coco';
import { vocEvaluation } from '../../detection/evaluation/voc';
import { multiboxLoss } from '../../detection/multiboxLoss';
import { tf } from '../../engine/tf';
import type { Network } from '../../models/types';
import type { Meter } from '../types';
import { decodedImages } from './decodedImages';
import type { DetectionOptions } from './detectionOptions';
import { priorOutput } from './detectorOutput';
import { precisionReport } from './precisionReport';
import { priorTables, priorTensors } from './priorTensors';

/** Detections count from this score on: a higher one loses points. */
export const EVALUATED_SCORE = 0.01;

/** Metrics `map`, `ap`, `ap50` and `ap75`, fractions in [0, 1]; of what there are no objects for, NaN. */
export function precisionMeter(where: string, { classes }: Network, options: Required<DetectionOptions>): Meter {
  const tables = priorTables(options);
  const images: EvaluatedImage[] = [];
  let [loss, positives] = [0, 0];
  return {
    add(result, batch) {
      const priors = tables(batch.shape[1], batch.shape[2]);
      images.push(...decodedImages(where, result, batch, priors, { score: EVALUATED_SCORE, first: images.length }));
      const [labels, offsets] = priorTensors(batch, priors, options);
      const { confidence, localisation } = multiboxLoss(priorOutput(result), { labels, offsets }, options);
      const found = Math.max(
        1,
        labels.dataSync<'int32'>().reduce((sum, label) => sum + (label > 0 ? 1 : 0), 0),
      );
      loss += (tf.add(confidence, localisation).dataSync()[0] as number) * found;
      positives += found;
    },
    result() {
      const { ap, ap50, ap75 } = cocoEvaluation(images, classes);
      const { meanAveragePrecision } = vocEvaluation(images, classes, { rule: options.rule });
      return { loss: loss / positives, metrics: { map: meanAveragePrecision, ap, ap50, ap75 } };
    },
    report: (classNames, given) => precisionReport(images, classNames, given),
  };
}
