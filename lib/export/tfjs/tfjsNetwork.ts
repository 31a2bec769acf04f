/** A layers model that was written, as a network again: to compare it with the one that it is of, and to measure what fewer bits cost. */
import { tf } from '../../engine/tf';
import { networkIn } from '../../models/givenNetwork';
import type { Network } from '../../models/types';
import { forwardOf } from './exportedModel';
import type { TfjsModel } from './exportTfjs';

interface Manifest {
  readonly modelTopology: object;
  readonly weightsManifest: readonly { readonly weights: tf.io.WeightsManifestEntry[] }[];
}

/**
 * The network whose logits (and offsets) the model computes; it has no features, and shares everything else with the one that was
 * exported. `dispose` frees the model alone.
 */
export async function tfjsNetwork(network: Network, { json, shards }: TfjsModel): Promise<Network> {
  networkIn('tfjsNetwork', network);
  const { modelTopology, weightsManifest } = JSON.parse(json) as Manifest;
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  const weightData = Uint8Array.from(Buffer.concat(Object.values(shards))).buffer;
  const model = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
  return {
    ...network,
    features: [],
    forward: (x) => forwardOf(model, x),
    dispose: () => model.dispose(),
  };
}
