/**
 * What a student begins with: weights of the whole network, as runs write them, or of its backbone alone, as users of PyTorch have them:
 * safetensors of a state dict, with torchvision's names and layouts, say of a ResNet-18 that ImageNet trained.
 */

import { whileUnchanged } from '../../data/files/whileUnchanged';
import { buildNetwork, planNetwork } from '../../models';
import type { Network, NetworkSpec } from '../../models/types';
import { readBytes } from '../../util/files';
import type { Random } from '../../util/rng';
import { loadBackbone } from '../../weights/backbone';
import { decodeHashed } from '../../weights/contentHash';
import { networkOf } from '../../weights/networkFile';
import { fromTorch, type State } from '../../weights/torchState';
import { readRunWeights } from './runWeights';

/** Weights to begin with. */
export interface StartingWeights {
  /** Of the contents. */
  readonly sha256: string;
  /** The network that the file describes; absent: it has weights of a backbone, whatever stands on it. */
  readonly spec?: NetworkSpec;
  /** The network with these weights; what they do not have is drawn. @throws InputError for a file of another network */
  network(spec: NetworkSpec, random: Random): Network;
}

/** @throws InputError for a file that is missing, damaged or none of weights */
export function readStartingWeights(path: string): StartingWeights {
  const bytes = readBytes(path, 'a file of weights');
  const { metadata, tensors, sha256 } = decodeHashed(bytes, path);
  if ('network' in metadata || 'facts' in metadata) {
    const stored = readRunWeights(path);
    const { spec } = stored;
    return { sha256: stored.sha256, spec, network: (expected) => networkOf(stored, path, planNetwork(expected).spec) };
  }
  // Counts of batches, which PyTorch keeps as integers, are none of ours.
  const state: State = Object.fromEntries(
    Object.entries(tensors).flatMap(([name, { shape, data }]) => (data instanceof Float32Array ? [[name, { shape, data }]] : [])),
  );
  return {
    sha256,
    network(spec, random) {
      const network = buildNetwork(spec, random);
      try {
        loadBackbone(network, fromTorch(state), path);
        return network;
      } catch (error) {
        network.dispose();
        throw error;
      }
    },
  };
}

const known = whileUnchanged('a file of weights');

/**
 * What names a run that begins with a file: the hash of what it holds, which stands for itself where a kept result has it. A file that has
 * not changed since is not read again.
 * @throws InputError as `readStartingWeights`
 */
export function startingHash(path: string): string {
  if (/^[0-9a-f]{64}$/.test(path)) return path;
  return known(path, [path], () => readStartingWeights(path).sha256);
}
