/** Options of the task, checked and filled in. */
import type { VocRule } from '../../detection/evaluation/voc';
import { type PriorChoice, priorChoiceIn } from '../../detection/priors/priorChoice';
import { booleanIn, integerIn, knownKeys, nameIn, numberIn } from '../../util/check';

/** Options of `detection`. */
export interface DetectionOptions {
  /** Those of the network: shapes by the stride of their map, `ssd300`, `ssd300-coco` or `ssdlite`; default the shapes that `ssd-resnet8` has by default. */
  readonly priors?: PriorChoice;
  /** The overlap from which a prior that is left over is matched with an object; default 0.5. */
  readonly overlap?: number;
  /** Whether difficult objects are learned; default true. They are never measured. */
  readonly difficult?: boolean;
  /** Hard negatives for each positive; default 3. */
  readonly ratio?: number;
  /** Hard negatives of an image at least; default 0: images without objects teach nothing. */
  readonly minNegatives?: number;
  /**
   * Whether weights of distances are scaled from the last map of the papers' CIFAR networks, 8×8 of 64 channels, to the maps of the
   * detector; default true: on maps of other sizes the papers' weights would mean something else.
   */
  readonly scaleDistances?: boolean;
  /** Of the mean average precision; default that of VOC 2007, `eleven-point`. */
  readonly rule?: VocRule;
}

const RULES: readonly VocRule[] = ['eleven-point', 'area'];

/** @throws InputError for unknown options and values that are none */
export function detectionOptions(given: DetectionOptions): Required<DetectionOptions> {
  knownKeys('detection', given, ['priors', 'overlap', 'difficult', 'ratio', 'minNegatives', 'scaleDistances', 'rule']);
  const { overlap = 0.5, difficult = true, ratio = 3, minNegatives = 0, scaleDistances = true, rule = 'eleven-point' } = given;
  return {
    priors: priorChoiceIn('detection: priors', given.priors),
    overlap: numberIn('detection: overlap', overlap, 0, 1),
    difficult: booleanIn('detection: difficult', difficult),
    ratio: numberIn('detection: ratio', ratio, 0, 1000),
    minNegatives: integerIn('detection: minNegatives', minNegatives),
    scaleDistances: booleanIn('detection: scaleDistances', scaleDistances),
    rule: nameIn('detection: rule', RULES, rule),
  };
}
