/** Weights of one network as the beginning of another that has its stages: of a classifier of ImageNet, in a detector over it. */
import type { TensorData } from '../engine/variables';
import type { Network } from '../models/types';
import { refuse, refusePhrase, sameShape } from '../util/check';
import { count } from '../util/text';

/** What came of it, by names of variables. */
export interface LoadedBackbone {
  readonly loaded: readonly string[];
  /** Of the network, not among the weights: they stay as they were drawn. */
  readonly drawn: readonly string[];
  /** Among the weights, not of the network: the classifier's last layers. */
  readonly unused: readonly string[];
}

/**
 * Writes the values whose names the network has, too.
 * @param weights in our layouts: of `readWeights`, or of PyTorch by `fromTorch` @param where they come from, for errors
 * @throws InputError where no name is the same, and for a value of another shape; nothing is written then
 */
export function loadBackbone(network: Network, weights: Readonly<Record<string, TensorData>>, where: string): LoadedBackbone {
  const before = network.variables.snapshot();
  const names = Object.keys(before);
  const loaded = names.filter((name) => Object.hasOwn(weights, name));
  if (loaded.length === 0) {
    const received = `${count(Object.keys(weights).length)} others, as ${Object.keys(weights)[0] ?? 'none'}`;
    throw refusePhrase(where, `variables of ${network.name}, as ${names[0]}`, received);
  }
  for (const name of loaded) {
    const [own, given] = [before[name]?.shape ?? [], weights[name]?.shape ?? []];
    if (!sameShape(own, given)) throw refuse(`${where}: ${name}`, `shape ${JSON.stringify(own)}`, given);
  }
  const chosen = Object.fromEntries(loaded.map((name) => [name, weights[name] as TensorData]));
  network.variables.load({ ...before, ...chosen }, where);
  return {
    loaded,
    drawn: names.filter((name) => !loaded.includes(name)),
    unused: Object.keys(weights).filter((name) => !Object.hasOwn(before, name)),
  };
}
