/**
 * Layer-wise relevance propagation (Bach et al. 2015): how much each pixel adds to a logit, found by giving the logit back from layer
 * to layer. Of a detector it is the logit of one class at one prior, which its head gives back to the map that it reads. Huang et al. 2021 show such maps of teacher, student and the student's two parts, without a definition; the rules are
 * those of Montavon et al. 2019, batch norms are folded first, and the map of a part is what comes down when the relevance of other
 * channels of the last map is cut (a choice of this project). Relevance goes through activations unchanged, whatever their slope.
 */
import { batches } from '../../data/batches';
import { toTensors } from '../../data/images/batchTensors';
import type { ImageSet, ImageShape } from '../../data/types';
import { tf } from '../../engine/tf';
import { checkImages } from '../../models/forwardChecks';
import { networkIn } from '../../models/givenNetwork';
import { normalisationFor } from '../../models/inputNormalisation';
import { valuesPerPrior } from '../../models/priorPredictions';
import type { Network } from '../../models/types';
import { knownKeys, neededKeys, refuse } from '../../util/check';
import { LRP_OPTIONS, type LrpOptions, type LrpPlan, planLrp } from './lrpOptions';
import { type NetworkPropagation, propagateNetwork, type RelevanceSum } from './networkPropagation';

/** Maps of a set of images, in its order. */
export interface Relevance extends ImageShape {
  readonly count: number;
  /** [count, height, width, channels], in units of the logit. */
  readonly relevance: Float32Array;
  readonly classes: number;
  /** [count, classes]; of a detector [count, priors · (classes + 1)], of each prior the background and the classes. */
  readonly logits: Float32Array;
  /** The class of which the network is surest, an image each. */
  readonly predicted: readonly number[];
  /** The class whose logit was given back, an image each. */
  readonly explained: readonly number[];
  /** The prior at which it was said, an image each; empty where there are none. */
  readonly priors: readonly number[];
  /**
   * From the logits down. Equal but for rounding where nothing is lost. Biases keep their share, batch norms' shifts among them;
   * `epsilon` swallows some; `alpha1beta0` has nowhere to put that of an output to which nothing adds; and after a part was cut the
   * last map's is what was left. Of a detector 0 on the stages after the map that the prior's head reads.
   */
  readonly sums: readonly RelevanceSum[];
}

/** A batch's; a type, not an interface, so that it may leave a `tf.tidy`. */
type Piece = {
  readonly relevance: Float32Array;
  readonly logits: Float32Array;
  readonly predicted: number[];
  readonly explained: number[];
  readonly priors: number[];
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
  knownKeys('lrp', options, LRP_OPTIONS);
  neededKeys('lrp', options, ['normalisation']);
  const normalisation = normalisationFor(network, options.normalisation);
  const plan = planLrp(network, operations, images, { ...options, normalisation });
  const pieces: Piece[] = [];
  let done = 0;
  for (const part of batches(images, { batch: plan.batch, normalisation })) {
    const first = done;
    pieces.push(
      tf.tidy(() => {
        const x = toTensors(part).images;
        checkImages(network.name, x, network.input);
        return explain(network, propagateNetwork(network, operations, x, plan.rules), plan, first);
      }),
    );
    done += part.size;
  }
  return { ...joined(pieces), classes: network.classes, count: images.count, ...sizeOf(images) };
}

const sizeOf = ({ height, width, channels }: ImageShape): ImageShape => ({ height, width, channels });

/** From the outputs back to the pixels. @param first number of the batch's first image */
function explain(network: Network, { outputs, backward }: NetworkPropagation, plan: LrpPlan, first: number): Piece {
  const [batch, width] = outputs.shape;
  const said = outputs.dataSync<'float32'>();
  const found = Array.from({ length: batch }, (_, i) => plan.explained(first + i, said.subarray(i * width, (i + 1) * width)));
  const explained = found.map((one) => one.explained);
  const places = tf.tensor1d(
    explained.map(({ place }) => place),
    'int32',
  );
  const chosen = tf.mul(outputs, tf.cast(tf.oneHot(places, width), 'float32')) as tf.Tensor2D;
  const { kept } = plan;
  const { pixels, sums } = backward(chosen, (stage, relevance) =>
    kept?.stage === stage ? tf.mul(relevance, tf.tensor1d([...kept.channels])) : relevance,
  );
  return {
    relevance: Float32Array.from(pixels.dataSync()),
    logits: logitsOf(network, said),
    predicted: found.map(({ predicted }) => predicted),
    explained: explained.map(({ ofClass }) => ofClass),
    priors: explained.flatMap(({ prior }) => prior ?? []),
    sums,
  };
}

/** Without the offsets. @param said by the heads, image after image */
function logitsOf({ priors, classes }: Network, said: Float32Array): Float32Array {
  if (!priors) return Float32Array.from(said);
  const values = valuesPerPrior(classes);
  return said.filter((_, i) => i % values <= classes);
}

function joined(pieces: readonly Piece[]): Piece {
  const [head] = pieces;
  return {
    relevance: concatenated(pieces.map((piece) => piece.relevance)),
    logits: concatenated(pieces.map((piece) => piece.logits)),
    predicted: pieces.flatMap((piece) => piece.predicted),
    explained: pieces.flatMap((piece) => piece.explained),
    priors: pieces.flatMap((piece) => piece.priors),
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
