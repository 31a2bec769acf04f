/**
 * Layer-wise relevance propagation (Bach et al. 2015): how much each pixel adds to a logit, found by giving the logit back from layer
 * to layer. Huang et al. 2021 show such maps of teacher, student and the student's two parts, without a definition; the rules are
 * those of Montavon et al. 2019, batch norms are folded first, and the map of a part is what comes down when the relevance of other
 * channels of the last map is cut (a choice of this project). Relevance goes through activations unchanged, whatever their slope.
 */
import { batches } from '../../data/batches';
import { toTensors } from '../../data/images/batchTensors';
import type { ImageSet, ImageShape } from '../../data/types';
import { tf } from '../../engine/tf';
import { checkImages } from '../../models/forwardChecks';
import { networkIn } from '../../models/givenNetwork';
import type { NetworkOperations } from '../../models/layers/operations';
import type { Network } from '../../models/types';
import { refuse } from '../../util/check';
import { type CanonicalOperation, canonical } from './foldBatchNorms';
import { type LrpOptions, type LrpPlan, planLrp } from './lrpOptions';
import { type PlacedRules, type Propagation, propagate } from './propagate';

/** How much relevance there is after one stage of the network, for each image. A type, not an interface, so that it may leave a `tf.tidy`. */
export type RelevanceSum = {
  /** `logits`, the stages' features from the last to the first, `input`. */
  readonly at: string;
  readonly relevance: number[];
};

/** Maps of a set of images, in its order. */
export interface Relevance extends ImageShape {
  readonly count: number;
  /** [count, height, width, channels], in units of the logit. */
  readonly relevance: Float32Array;
  readonly classes: number;
  /** [count, classes] */
  readonly logits: Float32Array;
  readonly predicted: readonly number[];
  /** The class whose logit was given back, an image each. */
  readonly explained: readonly number[];
  /**
   * From the logits down. Equal but for rounding where nothing is lost. Biases keep their share, batch norms' shifts among them;
   * `epsilon` swallows some; `alpha1beta0` has nowhere to put that of an output to which nothing adds; and after a part was cut the
   * last map's is what was left.
   */
  readonly sums: readonly RelevanceSum[];
}

/** A batch's; a type, not an interface, so that it may leave a `tf.tidy`. */
type Piece = {
  readonly relevance: Float32Array;
  readonly logits: Float32Array;
  readonly predicted: number[];
  readonly explained: number[];
  readonly sums: RelevanceSum[];
};

/**
 * Relevance of every pixel for one logit an image, the network in evaluation mode. Leaks nothing.
 * @throws InputError for unknown options and rules, images of another size, and networks that do not say what their layers do
 * @example
 * ```ts
 * import { buildNetwork, loadDataset, lrp, random, relevanceMaps, select, start } from 'iekd';
 *
 * await start();
 * const data = await loadDataset('cifar10', { train: 100, test: 100 });
 * const images = select(data.test, [0, 1, 2]);
 * const relevance = lrp(buildNetwork({ name: 'resnet8' }, random(0)), images, { normalisation: data, target: 'label' });
 * const [heat] = relevanceMaps([relevance]); // heat[image]: values in [−1, 1], 32×32
 * console.log(heat?.[0]?.scale); // in units of the logit
 * ```
 */
export function lrp(network: Network, images: ImageSet, options: LrpOptions): Relevance {
  const { operations } = networkIn('lrp', network);
  if (!operations) throw refuse('lrp', "a network that says what its layers do, as buildNetwork's do", network.name);
  const plan = planLrp(network, images, options);
  const pieces: Piece[] = [];
  let done = 0;
  for (const part of batches(images, { batch: plan.batch, normalisation: options.normalisation })) {
    const first = done;
    pieces.push(
      tf.tidy(() => {
        const x = toTensors(part).images;
        checkImages(network.name, x, network.input);
        return explain(network, forwardStages(network, operations, x, plan.rules), plan, first);
      }),
    );
    done += part.size;
  }
  return { ...joined(pieces), classes: network.classes, count: images.count, ...sizeOf(images) };
}

const sizeOf = ({ height, width, channels }: ImageShape): ImageShape => ({ height, width, channels });

/** One stage of the network, with how relevance goes back through it. */
interface PropagatedStage extends Propagation {
  /** What its y is called. */
  readonly at: string;
}

/** Forward, stage by stage. */
function forwardStages(
  { variables }: Network,
  operations: NetworkOperations,
  x: tf.Tensor4D,
  rules: PlacedRules,
): PropagatedStage[] {
  const parts = [...operations.stages, { name: 'logits', operations: operations.head }];
  let y = x;
  return parts.map(({ name, operations: own }, i) => {
    const whole = canonical('lrp', own, variables);
    const propagation = propagate(i === 0 ? withFirst(whole) : whole, y, rules);
    y = propagation.y;
    return { ...propagation, at: name };
  });
}

/** The linear map of the pixels has a place of its own. */
const withFirst = (operations: readonly CanonicalOperation[]): CanonicalOperation[] =>
  operations.map((operation, i) => (i === 0 && operation.kind === 'linear' ? { ...operation, place: 'first' } : operation));

/** From the logits back to the pixels. @param first number of the batch's first image */
function explain({ classes }: Network, stages: readonly PropagatedStage[], { kept, classOf }: LrpPlan, first: number): Piece {
  const output = (stages.at(-1) as PropagatedStage).y; // [batch, 1, 1, classes]
  const logits = Float32Array.from(output.dataSync());
  const predicted = Array.from({ length: logits.length / classes }, (_, i) =>
    largest(logits.subarray(i * classes, (i + 1) * classes)),
  );
  const explained = predicted.map((best, i) => classOf(first + i, best));
  const chosen = tf.reshape(tf.oneHot(tf.tensor1d(explained, 'int32'), classes), output.shape);
  let relevance = tf.mul<tf.Tensor4D>(output, tf.cast(chosen, 'float32'));
  const sums: RelevanceSum[] = [];
  for (const [i, { at, backward }] of [...stages.entries()].reverse()) {
    if (kept && i === stages.length - 2) relevance = tf.mul(relevance, tf.tensor1d([...kept]));
    sums.push({ at, relevance: perImage(relevance) });
    relevance = backward(relevance);
  }
  sums.push({ at: 'input', relevance: perImage(relevance) });
  return { relevance: Float32Array.from(relevance.dataSync()), logits, predicted, explained, sums };
}

const perImage = (map: tf.Tensor4D): number[] => Array.from(tf.sum(map, [1, 2, 3]).dataSync());

/** The number of the largest value; of equal ones the first. */
const largest = (row: Float32Array): number => row.reduce((best, value, c) => (value > (row[best] as number) ? c : best), 0);

function joined(pieces: readonly Piece[]): Piece {
  const [head] = pieces;
  return {
    relevance: concatenated(pieces.map((piece) => piece.relevance)),
    logits: concatenated(pieces.map((piece) => piece.logits)),
    predicted: pieces.flatMap((piece) => piece.predicted),
    explained: pieces.flatMap((piece) => piece.explained),
    sums: (head?.sums ?? []).map(({ at }, i) => ({ at, relevance: pieces.flatMap(({ sums }) => sums[i]?.relevance ?? []) })),
  };
}

function concatenated(arrays: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}
