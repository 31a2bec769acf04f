/**
 * Which output of a network is explained: of a classification the logit of a class, of a detector that of a class at one prior. What heads
 * say of an image is one row: the logits of the classes, or prior by prior the background, the classes, four offsets.
 */
import type { ImageSet } from '../../data/types';
import { priorCount } from '../../detection/priors/priors';
import { valuesPerPrior } from '../../models/priorPredictions';
import type { Network } from '../../models/types';
import { integerIn, isObject, knownKeys, pick, refuse, refusePhrase } from '../../util/check';

/** Of a detector: the score of a class at a prior. `detect` and `detectedImages` say of which prior a detection is. */
export interface PriorTarget {
  readonly prior: number;
  /** From 0, the background not counted. */
  readonly ofClass: number;
}

/**
 * What is explained: one target for all images, one an image, what the network is surest of, or the label. A target is a class; of a
 * detector a class at a prior, and there are no labels.
 */
export type LrpTarget = number | PriorTarget | readonly (number | PriorTarget)[] | 'predicted' | 'label';

/** One output. */
export interface Explained {
  readonly ofClass: number;
  /** Of a detector. */
  readonly prior?: number;
  /** Its place in the row of an image. */
  readonly place: number;
}

/** What of an image is explained, and what the network is surest of. @param row what the heads say of it */
export type ExplainedOf = (index: number, row: Float32Array) => { readonly explained: Explained; readonly predicted: number };

/** @throws InputError for targets that the network does not have, and another number of them than of images */
export function explainedOf(network: Network, images: ImageSet, target: LrpTarget): ExplainedOf {
  const { place, surest } = network.priors ? detectorOutputs(network, priorCount(network.priors)) : classOutputs(network);
  const chosen = choose(target, images, place);
  return (index, row) => {
    const best = surest(row);
    return { explained: chosen(index) ?? best, predicted: best.ofClass };
  };
}

interface Outputs {
  /** @throws InputError for what is no target of the network */
  place(target: unknown): Explained;
  surest(row: Float32Array): Explained;
}

const classOutputs = ({ classes }: Network): Outputs => ({
  place(target) {
    const ofClass = integerIn('lrp: target', target, 0, classes - 1);
    return { ofClass, place: ofClass };
  },
  surest(row) {
    const ofClass = largest(row);
    return { ofClass, place: ofClass };
  },
});

/** The number of the largest value; of equal ones the first. */
const largest = (row: Float32Array): number => row.reduce((best, value, c) => (value > (row[best] as number) ? c : best), 0);

function detectorOutputs({ classes }: Network, priors: number): Outputs {
  const values = valuesPerPrior(classes);
  const at = (prior: number, ofClass: number): Explained => ({ prior, ofClass, place: prior * values + 1 + ofClass });
  return {
    place(target) {
      if (!isObject(target)) throw refuse('lrp: target', 'a prior and a class, { prior, ofClass }', target);
      knownKeys('lrp: target', target, ['prior', 'ofClass']);
      const { prior, ofClass } = target as Partial<PriorTarget>;
      integerIn('lrp: target: prior', prior, 0, priors - 1);
      return at(prior as number, integerIn('lrp: target: ofClass', ofClass, 0, classes - 1));
    },
    /** Of the largest probability. */
    surest(row) {
      let best = { prior: 0, ofClass: 0, probability: -1 };
      for (let prior = 0; prior < priors; prior++) {
        const logits = row.subarray(prior * values, prior * values + 1 + classes);
        const ofClass = largest(logits.subarray(1));
        const probability = 1 / logits.reduce((sum, logit) => sum + Math.exp(logit - (logits[1 + ofClass] as number)), 0);
        if (probability > best.probability) best = { prior, ofClass, probability };
      }
      return at(best.prior, best.ofClass);
    },
  };
}

const WORDS = { predicted: true, label: true } as const;

/** The output that was asked for; undefined: what the network is surest of. */
function choose(target: LrpTarget, images: ImageSet, place: Outputs['place']): (index: number) => Explained | undefined {
  if (typeof target === 'string') {
    pick('lrp: target', WORDS, target);
    return target === 'label' ? (index) => place(images.labels[index] as number) : () => undefined;
  }
  if (!Array.isArray(target)) {
    const one = place(target);
    return () => one;
  }
  if (target.length !== images.count) throw refuse('lrp: target', `a target for each of ${images.count} images`, target);
  const all = target.map(place);
  return (index) => all[index];
}

/** The stage whose map a prior is predicted from. */
export function stageOfPrior({ name, priors, operations }: Network, prior: number): string {
  let end = 0;
  for (const [i, { rows, columns, shapes }] of (priors?.maps ?? []).entries()) {
    end += rows * columns * shapes.length;
    const stage = operations?.heads[i]?.feature;
    if (prior < end && stage !== undefined) return stage;
  }
  throw refusePhrase('lrp', 'a head for each map of the priors', `${name} with others`);
}
