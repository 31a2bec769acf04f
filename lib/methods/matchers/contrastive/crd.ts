/**
 * Contrastive representation distillation (Tian et al. 2020): of the teacher's embeddings of many images the student's should belong to that of
 * its own image, and the reverse.
 *   distance = NCE(v_S against the teacher's bank) + NCE(v_T against the student's), see losses/relations/noiseContrast.ts
 * v = (W e + b) / ‖W e + b‖, e the mean over positions of the last map, W to 128 dimensions, of each network its own and trained with the
 * student. A bank has an embedding of each training image, moved by v with momentum 0.5 when its image comes; T = 0.07, Z is estimated from the
 * first batch. The paper's N is 16384 images of other classes, drawn without replacement for each image and step; where a training set is
 * smaller, half of its images of other classes. Weight 0.8 as in the authors' code. Deviations: their code adds 1e-7 to denominators; where
 * there are more negatives than other images, it draws with replacement. Both banks and Z are in a checkpoint. Steps draw, so they are not
 * captured.
 * IE-CRD (not defined by the paper; weights ours): a half's e is the mean of its own channels, with projections and banks of its own on both
 * sides; the distance has no bound, so exploration minimises |cos(v_S, v_T)| of each image, in [0, 1].
 */
import { normalizeRows } from '../../../engine/fused/normalizeRows';
import { tf } from '../../../engine/tf';
import type { Variables } from '../../../engine/variables';
import { cosineMagnitude } from '../../../losses/cosine';
import { uniform } from '../../../models/layers/initial';
import { createVariables, type VariablePlan } from '../../../models/layers/variablePlan';
import type { FeatureInfo } from '../../../models/types';
import { integerIn, knownKeys, numberIn, positive } from '../../../util/check';
import type { Factor, FactorStep, Matcher } from '../../matcher';
import { EMBEDDED, embeddings } from '../../parts/embeddings';
import { type FeatureOption, parseFeature } from '../../parts/featureSelection';
import { knownImages, numbersOf } from '../../parts/imageRows';
import { contrast, type Embeddings, type MemoryOptions, memoryPlan } from './contrastMemory';
import { candidateCounts, classOrder, negativesOf } from './negatives';

/** Options of `crd`. */
export interface CrdOptions {
  /** The map whose mean over positions is the embedding; default `last`. */
  readonly feature?: FeatureOption;
  /** Of the projections, from 1; default 128. */
  readonly dimensions?: number;
  /** N, from 1: negatives of each image, where a training set has twice as many images of other classes, else half of those; default 16384. */
  readonly negatives?: number;
  /** T, above 0; default 0.07. */
  readonly temperature?: number;
  /** The share of a remembered embedding that stays, in [0, 1); default 0.5. */
  readonly momentum?: number;
}

/** Names of the options of `crd`. */
export const CRD_OPTIONS: readonly (keyof CrdOptions)[] = ['feature', 'dimensions', 'negatives', 'temperature', 'momentum'];

/** Nearest to 1 that a momentum may be: a bank has to move. */
const MOST_MOMENTUM = 0.999;

/**
 * Contrastive representation distillation (Tian et al. 2020): the matcher `crd`, one teacher; maps may differ in size and channels.
 *   distance = NCE of the student's embeddings against the teacher's bank + NCE of the teacher's against the student's
 * `match(crd())` weighs it by 0.8. It remembers an embedding of each network for each training image: twice images · dimensions values.
 * @throws InputError for unknown options and values out of their range; when bound, without training images of at least two classes; in a
 * step whose batch does not know the numbers of its images
 *
 * @example
 * ```ts
 * import { crd, match, sum, kdMethod } from 'iekd';
 * match(crd()); // as the paper has it
 * sum(kdMethod(), match(crd({ negatives: 4096 }), { weight: 0.8 })); // with KD
 * ```
 */
export function crd(options: CrdOptions = {}): Matcher {
  const name = 'crd';
  knownKeys(name, options, CRD_OPTIONS);
  const { feature = 'last' } = options;
  const dimensions = integerIn(`${name}: dimensions`, options.dimensions ?? 128, 1);
  const negatives = integerIn(`${name}: negatives`, options.negatives ?? 16384, 1);
  const temperature = positive(`${name}: temperature`, options.temperature ?? 0.07);
  const momentum = numberIn(`${name}: momentum`, options.momentum ?? 0.5, 0, MOST_MOMENTUM);
  return {
    name,
    options: { feature, dimensions, negatives, temperature, momentum },
    features: parseFeature(`${name}: feature`, feature),
    ...EMBEDDED,
    weights: { match: 0.8, inherit: 0.8, explore: 1 },
    studentSide([map], { shapes }, random, { images: given }) {
      const images = knownImages(name, given);
      const classes = classOrder(name, images);
      const drawn = negativesOf(classes, negatives);
      const widths = { student: (map as FeatureInfo).channels, teacher: shapes[0]?.[0] as number };
      const plan = [...projectionPlan(widths, dimensions), ...memoryPlan(images.count, dimensions)];
      const variables = createVariables(plan, random);
      const candidates = (step: FactorStep) => {
        const own = numbersOf(name, step.numbers, images);
        const stream = step.random?.stream('negatives');
        const counts = candidateCounts(own, images.labels, classes, { drawn, stream });
        return { counts: tf.tensor2d(counts, [own.length, images.count]), own, drawn };
      };
      return { variables, factor: contrasted(variables, candidates, { temperature, momentum }) };
    },
    distance: {
      of: ([, , student, teacher]) => tf.add<tf.Scalar>(student as tf.Scalar, teacher as tf.Scalar),
      reduction: 'sum over negatives, mean over batch',
      sizeExponent: 0,
      repulsion: ([student, teacher]) => cosineMagnitude(student as tf.Tensor, teacher as tf.Tensor),
    },
  };
}

/** Linear layers to the dimensions, begun as PyTorch begins them. */
function projectionPlan(widths: Readonly<Record<string, number>>, dimensions: number): VariablePlan[] {
  return Object.entries(widths).flatMap(([side, width]) => {
    const initial = uniform(1 / Math.sqrt(width));
    return [
      { name: `${side}.weight`, shape: [width, dimensions], trainable: true, initial },
      { name: `${side}.bias`, shape: [dimensions], trainable: true, initial },
    ];
  });
}

/** Both projections [batch, dimensions] and, in training mode, both losses; the bank is moved then. */
function contrasted(
  variables: Variables,
  candidates: (step: FactorStep) => Parameters<typeof contrast>[2],
  options: MemoryOptions,
) {
  const project = (side: string, rows: tf.Tensor): tf.Tensor2D => {
    const linear = tf.add(
      tf.matMul(rows as tf.Tensor2D, variables.get(`${side}.weight`) as tf.Tensor2D),
      variables.get(`${side}.bias`),
    );
    return normalizeRows(linear as tf.Tensor2D);
  };
  return (features: readonly tf.Tensor4D[], training: boolean, step: FactorStep = { target: [] }): Factor => {
    const own: Embeddings = {
      student: project('student', embeddings(features)[0] as tf.Tensor),
      teacher: project('teacher', step.target[0] as tf.Tensor),
    };
    const losses = training ? contrast(own, variables, candidates(step), options) : [];
    return [own.student, own.teacher, ...losses];
  };
}
