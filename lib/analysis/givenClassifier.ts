/** Networks that say a class of each image: what analyses of predictions and of cross-entropy take. */
import { networkIn } from '../models/givenNetwork';
import type { Network } from '../models/types';
import { refusePhrase } from '../util/check';

/** @throws InputError for what is no network, and for one that says classes of its priors */
export function classifierIn(where: string, network: Network): Network {
  const { name, priors } = networkIn(where, network);
  const hint = 'detectedImages gives what a detector finds';
  if (priors) throw refusePhrase(where, 'a network that says a class of each image', `${name}, a detector`, hint);
  return network;
}
