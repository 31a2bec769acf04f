/** A linear network without norms whose feature takes interventions: results of analyses of gradients or weights follow by hand. */
import { type FeatureInfo, imageSet, type Network, type TensorData, tf, Variables } from 'iekd';

const INFO: FeatureInfo = { name: 'map', channels: 2, height: 1, width: 2, activated: false };

/** `map` is the image, [1, 2, 2]; logits = flatten(map) · weight + bias. @param weight [4, classes], row by row */
export function linearNetwork(classes: number, weight: readonly number[], bias = new Array<number>(classes).fill(0)): Network {
  const variables = new Variables();
  const data = (shape: readonly number[], values: readonly number[]): TensorData => ({ shape, data: Float32Array.from(values) });
  const w = variables.add('fc.weight', data([4, classes], weight)) as tf.Variable<tf.Rank.R2>;
  const b = variables.add('fc.bias', data([classes], bias));
  return {
    name: 'linear',
    spec: { name: 'linear', classes, input: [1, 2, 2] },
    input: [1, 2, 2],
    classes,
    variables,
    features: [INFO],
    forward: (x, { features = [], interventions = {} } = {}) =>
      tf.tidy(() => {
        const map = interventions.map ? interventions.map(x) : x;
        const logits = tf.add(tf.matMul(tf.reshape(map, [-1, 4]) as tf.Tensor2D, w), b) as tf.Tensor2D;
        return { logits, features: features.includes('map') ? { map } : {} };
      }),
    dispose: () => variables.dispose(),
  };
}

/** Images of four bytes each, [1, 2, 2]; with `normalisation` a byte b is the value b / 255. */
export function fourBytes(rows: readonly (readonly number[])[], labels: readonly number[]) {
  return imageSet('test', Uint8Array.from(rows.flat()), Uint8Array.from(labels), { height: 1, width: 2, channels: 2 });
}

export const normalisation = { mean: [0, 0], std: [1 / 255, 1 / 255] };
