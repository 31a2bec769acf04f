/** Checks that all networks share: of images, and of names of features. */
import type { tf } from '../engine/tf';
import { pick, refuse, sameShape } from '../util/check';
import type { FeatureInfo, Network } from './types';

/** Refuses images that are not [batch, ...input]. */
export function checkImages(name: string, x: tf.Tensor4D, input: readonly number[]): void {
  if (x.rank !== 4 || !sameShape(x.shape.slice(1), input)) {
    throw refuse(`${name}.forward`, `images of shape [batch,${input.join(',')}]`, x.shape);
  }
}

/** Refuses names of features that the network does not have, listing those it has. @param option that names them */
export function checkFeatures(name: string, features: readonly FeatureInfo[], option: string, wanted: readonly string[]): void {
  for (const one of wanted) featureNamed(`${name}.forward: ${option}`, features, one);
}

/** One feature of a network. @throws InputError listing the known names */
export function featureNamed(where: string, features: Network['features'], name: string): FeatureInfo {
  return pick(where, Object.fromEntries(features.map((info) => [info.name, info])), name);
}
