/** Cross-entropy, top-1 and top-5 accuracy over a part of a data set. */
import type { Meter, Task } from '../types';
import { scoreLogits } from './accuracy';

/** Metrics `top1` and `top5`, fractions in [0, 1]. @throws InputError as `scoreLogits`, with the image's number in the part */
export const accuracyMeter: Task['meter'] = (where, { classes }): Meter => {
  let [loss, top1, top5, count] = [0, 0, 0, 0];
  return {
    add({ logits }, { labels }) {
      const score = scoreLogits(logits.dataSync<'float32'>(), labels, classes, where, count);
      loss += score.loss;
      top1 += score.top1;
      top5 += score.top5;
      count += labels.length;
    },
    result: () => ({ loss: loss / count, metrics: { top1: top1 / count, top5: top5 / count } }),
  };
};
