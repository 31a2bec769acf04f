/** The multibox loss by kernels of the engine, which read no value on the way: steps of a detector can be captured. */
import { hasKernel, runKernel } from '../engine/fused/fastKernel';
import type { tf } from '../engine/tf';
import { MINING, type MiningOptions } from './hardNegatives';
import { knownGradient } from './knownGradient';
import type { MultiboxLoss, PriorLabels, PriorOutput } from './priorOutput';

type ValueAndGradient = [tf.Scalar, tf.Tensor];

/** True when the engine has them. */
export const hasMultiboxKernels = (): boolean => hasKernel('IekdMultiboxConfidence');

/** As `multiboxLoss`; shapes were checked there. */
export function multiboxLossOfKernels(
  { logits, offsets }: PriorOutput,
  { labels, offsets: wanted }: PriorLabels,
  options: MiningOptions,
): MultiboxLoss {
  const mining = { ...MINING, ...options };
  const numbers = { ratio: mining.ratio, minNegatives: mining.minNegatives };
  return {
    confidence: knownGradient(logits, (x) =>
      runKernel<ValueAndGradient>('IekdMultiboxConfidence', { logits: x, labels }, numbers),
    ),
    localisation: knownGradient(offsets, (x) =>
      runKernel<ValueAndGradient>('IekdMultiboxLocalisation', { offsets: x, wanted, labels }),
    ),
  };
}
