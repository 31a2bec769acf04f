/**
 * What a network's images are normalised by. A network from elsewhere was trained on images that were normalised by other means and
 * deviations than those of the data set at hand: its description says so by the entry `normalisation`, and everything that feeds it
 * images honours that. Without the entry it is the data set's.
 *
 * Where one batch, normalised by (m, s), feeds several networks, one of (m′, s′) sees x · s/s′ + (m − m′)/s′ per channel. That is
 * (p/255 − m′)/s′ in exact arithmetic; in float32 it differs by at most 4 · 2⁻²⁴ · (|x| · s/s′ + |m − m′|/s′): some 10⁻⁶.
 */
import { tf } from '../engine/tf';
import { isObject, knownKeys } from '../util/check';
import { normalisationIn } from '../util/images/imageNormalisation';
import type { InputNormalisation, Network, NetworkSpec } from './types';

/** The entry of a description, checked; undefined where it has none. @param channels of the images @throws InputError naming `where` */
export function inputNormalisation(where: string, given: unknown, channels: number): InputNormalisation | undefined {
  if (given === undefined) return undefined;
  const at = `${where}: normalisation`;
  if (isObject(given)) knownKeys(at, given, ['mean', 'std']);
  return normalisationIn(at, given, channels);
}

/** What a network's images are normalised by: its own means and deviations, or else the data set's. */
export function normalisationFor({ spec }: Pick<Network, 'spec'>, data: InputNormalisation): InputNormalisation {
  return (spec as NetworkSpec).normalisation ?? data;
}

/**
 * The network on images that were normalised by `data`: the same one where it has no normalisation of its own or the same, else one
 * whose forward pass begins with the affine map above. It shares everything with the network, and is evaluated through the network
 * itself: its description still says what that wants.
 */
export function renormalised(network: Network, data: InputNormalisation): Network {
  const { mean, std } = normalisationFor(network, data);
  const same = (a: readonly number[], b: readonly number[]): boolean => a.every((value, i) => value === b[i]);
  if (same(mean, data.mean) && same(std, data.std)) return network;
  const scale = std.map((own, c) => (data.std[c] as number) / own);
  const shift = std.map((own, c) => ((data.mean[c] as number) - (mean[c] as number)) / own);
  return {
    ...network,
    forward: (x, options) => tf.tidy(() => network.forward(tf.add(tf.mul(x, scale), shift), options)),
  };
}
