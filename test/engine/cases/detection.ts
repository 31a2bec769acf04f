/** The loss of a single-shot detector: an engine's kernels against the rows written out in JavaScript on the plain CPU engine. */
import type { MiningOptions } from 'iekd/dist/detection/hardNegatives';
import { multiboxLoss } from 'iekd/dist/detection/multiboxLoss';
import type { tf } from 'iekd/dist/engine/tf';
import { type KernelCase, of, shapeText } from './types';

type Sizes = readonly [images: number, priors: number, classes: number];

/** @param labels below this: 1 is a batch of background */
function multibox(shape: Sizes, labels: number, options: MiningOptions): KernelCase {
  const [images, priors] = shape;
  return {
    name: `multiboxLoss ${shapeText(shape)}, labels below ${labels}, ${JSON.stringify(options)}`,
    kernels: ['IekdMultiboxConfidence', 'IekdMultiboxLocalisation'],
    inputs: [of(shape), of([images, priors, 4]), of([images, priors], 'int', labels), of([images, priors, 4])],
    run: (...given) => {
      const [logits, offsets, classes, wanted] = given as [tf.Tensor3D, tf.Tensor3D, tf.Tensor2D, tf.Tensor3D];
      const { confidence, localisation } = multiboxLoss({ logits, offsets }, { labels: classes, offsets: wanted }, options);
      return [confidence, localisation];
    },
    differentiate: [0, 1],
  };
}

export const detectionCases: readonly KernelCase[] = [
  multibox([3, 17, 4], 4, {}),
  // Fewer negatives than there are: the hardest.
  multibox([2, 60, 3], 3, { ratio: 0.25 }),
  multibox([2, 50, 21], 2, { ratio: 0.7, minNegatives: 20 }),
  // Background alone: no negatives, or some.
  multibox([2, 9, 3], 1, {}),
  multibox([2, 40, 3], 1, { minNegatives: 7 }),
  multibox([1, 1, 2], 2, {}),
];
