/** The classifier of a network: a linear layer over the mean of its last map, as methods use it on maps of their own. */
import { tf } from '../../engine/tf';
import type { LayerOperation } from '../../models/layers/operations';
import type { FeatureInfo, Network } from '../../models/types';
import { refusePhrase } from '../../util/check';
import { shapeOf } from './featureSelection';

/** A linear layer over channels, as the network has it by now. */
export interface Classifier {
  /** [channels, classes] */
  weight(): tf.Tensor2D;
  /** [classes] */
  bias(): tf.Tensor1D;
}

/**
 * The classifier that reads this map. @throws InputError for a network that does not say what it does, ends in more than a mean over
 * positions and one linear layer (a detector, VGG with hidden layers), or reads another map
 */
export function classifierOf(where: string, network: Network, map: FeatureInfo): Classifier {
  const expected = 'a network that ends in the mean over positions and one linear layer';
  const { heads = [] } = network.operations ?? {};
  const [mean, linear, ...others] = heads[0]?.operations ?? [];
  if (heads.length !== 1 || others.length > 0 || !isMean(mean) || linear?.kind !== 'linear') {
    throw refusePhrase(where, expected, `${network.name}, which ${network.operations ? 'ends otherwise' : 'does not say'}`);
  }
  if (heads[0]?.feature !== map.name) {
    throw refusePhrase(where, `the map that the classifier of ${network.name} reads, ${heads[0]?.feature}`, shapeOf(map));
  }
  const { variables, classes } = network;
  return {
    weight: () => tf.reshape(variables.get(linear.weight), [-1, classes]),
    bias: () => (linear.bias ? (variables.get(linear.bias) as tf.Tensor1D) : tf.zeros([classes])),
  };
}

const isMean = (operation: LayerOperation | undefined): boolean => operation?.kind === 'fixed' && operation.form.map === 'mean';
