/**
 * What a student begins with: weights of the whole network, as runs write them, or of others, as users of PyTorch have them: of the whole
 * network, of all of it but a last layer of other classes, or of its backbone alone, say of a ResNet-18 that ImageNet trained.
 */

import { whileUnchanged } from '../../data/files/whileUnchanged';
import type { TensorData } from '../../engine/variables';
import { buildNetwork, planNetwork } from '../../models';
import type { Network, NetworkSpec } from '../../models/types';
import { sameShape } from '../../util/check';
import type { Random } from '../../util/rng';
import { loadBackbone } from '../../weights/backbone';
import { isOfLibrary } from '../../weights/fileFormats';
import { recogniseFile } from '../../weights/naming/recogniseNetwork';
import { networkOf } from '../../weights/networkFile';
import { namedFor } from '../../weights/otherWeights';
import { tensorFileAt } from '../../weights/readTensors';
import { readRunWeights } from './runWeights';

/** Weights to begin with. */
export interface StartingWeights {
  /** Of the contents. */
  readonly sha256: string;
  /** The network that the file has; absent: it has weights of a backbone, whatever stands on it. */
  readonly spec?: NetworkSpec;
  /** Whether another program wrote it: its network may be meant as the backbone of another one. */
  readonly ofOthers: boolean;
  /** The network with these weights; what they do not have is drawn. @throws InputError for a file of another network */
  network(spec: NetworkSpec, random: Random): Begun;
}

/** A network that begins with weights. */
interface Begun {
  readonly network: Network;
  /** Names of its variables that the weights do not have, or with other classes. */
  readonly drawn: readonly string[];
}

/** @throws InputError for a file that is missing, damaged or none of weights */
export function readStartingWeights(path: string): StartingWeights {
  const file = tensorFileAt(path);
  if (isOfLibrary(file.notes)) {
    const stored = readRunWeights(path);
    const { spec } = stored;
    return {
      sha256: stored.sha256,
      spec,
      ofOthers: false,
      network: (expected) => ({ network: networkOf(stored, path, planNetwork(expected).spec), drawn: [] }),
    };
  }
  const recognised = recogniseFile(file, path)?.spec;
  return {
    sha256: file.sha256,
    ofOthers: true,
    ...(recognised ? { spec: withoutData(recognised) } : {}),
    network(spec, random) {
      const network = buildNetwork(spec, random);
      try {
        const { drawn } = loadBackbone(network, withoutOtherHead(network, namedFor(file, spec, path)), path);
        return { network, drawn };
      } catch (error) {
        network.dispose();
        throw error;
      }
    },
  };
}

/** Classes and size of the images are those of the data that it is trained on. */
function withoutData({ classes: _, input: __, ...spec }: NetworkSpec): NetworkSpec {
  return spec as NetworkSpec;
}

/** A last layer of other classes is drawn: a network of ImageNet begins another task. */
function withoutOtherHead({ variables }: Network, weights: Record<string, TensorData>): Record<string, TensorData> {
  const entries = variables.entries();
  const head = /^.*\./.exec(entries.at(-1)?.name ?? '')?.[0];
  const others = entries
    .filter(
      ({ name, variable }) =>
        head !== undefined && name.startsWith(head) && !sameShape(weights[name]?.shape ?? [], variable.shape),
    )
    .map(({ name }) => name);
  return Object.fromEntries(Object.entries(weights).filter(([name]) => !others.includes(name)));
}

const known = whileUnchanged('a file of weights');

/**
 * What names a run that begins with a file: the hash of what it holds, which stands for itself where a kept result has it. A file that has
 * not changed since is not read again.
 * @throws InputError as `readStartingWeights`
 */
export function startingHash(path: string): string {
  if (/^[0-9a-f]{64}$/.test(path)) return path;
  if (path.endsWith('.json')) return readStartingWeights(path).sha256; // its values lie in other files
  return known(path, [path], () => readStartingWeights(path).sha256);
}
