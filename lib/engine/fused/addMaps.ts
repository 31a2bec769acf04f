/** Sums whose gradients are those of their result. tfjs's own addition keeps both addends for the backward pass, to know their shapes. */
import { tf } from '../tf';

/** a + b of one shape. */
export function addMaps(a: tf.Tensor4D, b: tf.Tensor4D): tf.Tensor4D {
  const op = tf.customGrad((...given) => {
    const [x, y] = given as [tf.Tensor, tf.Tensor];
    return { value: tf.add(x, y), gradFunc: (dy: tf.Tensor) => [dy.clone(), dy.clone()] };
  });
  return op(a, b) as tf.Tensor4D;
}

/** A value more for each channel. @param x [batch, height, width, channels] @param bias [channels] */
export function addBias(x: tf.Tensor4D, bias: tf.Tensor): tf.Tensor4D {
  const op = tf.customGrad((...given) => {
    const [map, perChannel] = given as [tf.Tensor, tf.Tensor];
    const gradFunc = (dy: tf.Tensor): tf.Tensor[] => [dy.clone(), tf.sum(dy, [0, 1, 2])];
    return { value: tf.add(map, perChannel), gradFunc };
  });
  return op(x, bias) as tf.Tensor4D;
}
