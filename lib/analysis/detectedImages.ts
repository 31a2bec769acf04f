/** What a detector finds in every image of a set, beside what is there: for tables by class, curves and pictures. */
import { batches } from '../data/batches';
import { toTensors } from '../data/images/batchTensors';
import { hasObjects } from '../data/images/objectSource';
import type { Images, Normalisation } from '../data/types';
import { priorBoxes } from '../detection/priors/priors';
import { tf } from '../engine/tf';
import { networkIn } from '../models/givenNetwork';
import { normalisationFor } from '../models/inputNormalisation';
import type { Network } from '../models/types';
import { type DecodedImage, decodedImages } from '../tasks/detection/decodedImages';
import { EVALUATED_SCORE } from '../tasks/detection/precisionMeter';
import { integerIn, knownKeys, numberIn, refusePhrase } from '../util/check';

/** Options of `detectedImages`. */
export interface DetectedImagesOptions {
  /** Detections from this score on; default that of evaluations, 0.01. */
  readonly score?: number;
  /** Images at a time; default 16. */
  readonly batch?: number;
}

/**
 * Finds the objects of all images, the network in evaluation mode, images as they are. Boxes are in pixels of the network's images. Leaks
 * nothing. @throws InputError for a network without priors, for images without objects, and as `Network.forward` does
 * @example
 * ```ts
 * import { buildNetwork, detectedImages, type ObjectSource, random, start, vocEvaluation } from 'iekd';
 * declare const test: ObjectSource; // of a data set for detection: `data.test`
 *
 * await start();
 * const network = buildNetwork({ name: 'ssd-resnet8', classes: 3, input: [160, 160, 3] }, random(0));
 * const images = await detectedImages(network, test, { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] });
 * console.log(vocEvaluation(images, 3).classes.map((one) => one.averagePrecision));
 * ```
 */
export async function detectedImages(
  network: Network,
  images: Images,
  normalisation: Normalisation,
  options: DetectedImagesOptions = {},
): Promise<DecodedImage[]> {
  const where = 'detectedImages';
  const { name, priors } = networkIn(where, network);
  knownKeys(where, options, ['score', 'batch']);
  const score = numberIn(`${where}: score`, options.score ?? EVALUATED_SCORE, 0, 1);
  const batch = integerIn(`${where}: batch`, options.batch ?? 16, 1);
  if (!priors) throw refusePhrase(where, 'a network with priors, as ssd-resnet8', name);
  if (!hasObjects(images)) throw refusePhrase(where, 'images with objects', 'images with labels', 'detectionDataset makes them');
  const centres = priorBoxes(priors);
  const found: DecodedImage[] = [];
  for await (const part of batches(images, { batch, normalisation: normalisationFor(network, normalisation) })) {
    tf.tidy(() => {
      const result = network.forward(toTensors(part).images);
      found.push(...decodedImages(where, result, part, { centres }, { score, first: found.length }));
    });
  }
  return found;
}
