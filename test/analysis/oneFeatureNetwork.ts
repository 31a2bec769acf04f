/** A network without variables whose one feature, `image`, is a function of the image: an analysis is given known values. */
import { type Network, tf, Variables } from 'iekd';

export function oneFeatureNetwork(feature: (x: tf.Tensor4D) => tf.Tensor4D): Network {
  return {
    name: 'one-feature',
    spec: { name: 'one-feature' },
    input: [2, 2, 1],
    classes: 2,
    features: [],
    variables: new Variables(),
    forward: (x) => ({ logits: tf.zeros([x.shape[0], 2]), features: { image: feature(x) } }),
    dispose: () => undefined,
  };
}
