/** What a detector finds in one picture of any size. */

import { normalisationTable } from '../../data/images/normalisation';
import { pictureIn, type RgbPicture } from '../../data/pictures/rgbPicture';
import { viewPicture } from '../../data/pictures/viewPicture';
import type { Normalisation } from '../../data/types';
import { type DecodedDetections, type DecodeOptions, decodeDetections } from '../../detection/decoding';
import { priorBoxes } from '../../detection/priors/priors';
import { tf } from '../../engine/tf';
import { networkIn } from '../../models/givenNetwork';
import { normalisationFor } from '../../models/inputNormalisation';
import type { Network } from '../../models/types';
import { isObject, refuse, refusePhrase } from '../../util/check';
import { priorOutput } from './detectorOutput';

/** Of `detect`. */
export interface DetectOptions extends DecodeOptions {
  /** As the network was trained with; a `Dataset` has it. One that its description has comes first. */
  readonly normalisation: Normalisation;
}

/**
 * Finds objects in a picture, which is squashed to the network's images; boxes are in pixels of the picture, by falling score from `score`
 * on (default 0.5: what one would draw; evaluations begin at 0.01).
 * @throws InputError for a network without priors, and for what is no picture
 */
export function detect(network: Network, picture: RgbPicture, options: DetectOptions): DecodedDetections {
  networkIn('detect', network);
  if (!isObject(picture)) throw refuse('detect: picture', 'height, width and bytes', picture);
  pictureIn('detect: picture', picture);
  if (!isObject(options)) throw refuse('detect: options', 'an object with normalisation', options);
  const { normalisation, ...decoding } = options;
  const { name, priors, input } = network;
  if (!priors) throw refusePhrase('detect', 'a network with priors, as ssd-resnet8', name);
  const table = normalisationTable(normalisationFor(network, normalisation), input[2], 'detect: normalisation');
  const values = viewPicture(picture, [input[0], input[1]], {}, [0, 0, 0]).map(
    (value, i) => table[((i % 3) << 8) | Math.round(value)] as number,
  );
  const [scores, offsets] = tf.tidy(() => {
    const output = priorOutput(network.forward(tf.tensor4d(values, [1, ...input])));
    return [output.logits.dataSync<'float32'>(), output.offsets.dataSync<'float32'>()];
  });
  const found = decodeDetections(scores, offsets, priorBoxes(priors), { score: 0.5, ...decoding });
  return { ...found, boxes: found.boxes.map((value, i) => value * (i % 2 === 0 ? picture.width : picture.height)) };
}
