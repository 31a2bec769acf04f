/** Features by their names: what a network says of them, and the maps of a forward pass. */
import type { tf } from '../../engine/tf';
import { featureNamed } from '../../models/forwardChecks';
import type { FeatureInfo, ForwardResult, Network } from '../../models/types';
import { refuse } from '../../util/check';

/** Descriptions of a network's features, in the order of `names`. */
export function featureInfos(where: string, network: Network, names: readonly string[]): FeatureInfo[] {
  return names.map((name) => featureNamed(`${where}: features of ${network.name}`, network.features, name));
}

/** A forward pass's maps, in the order of `names`. */
export function featureMaps({ features }: ForwardResult, names: readonly string[]): tf.Tensor4D[] {
  return names.map((name) => {
    const map = features[name];
    if (!map) throw refuse('distillation', `a forward pass with the feature "${name}"`, Object.keys(features));
    return map;
  });
}
