/**
 * Convolution whose filter looks at every nth position (Yu & Koltun 2016), with padding that keeps the map's size. tfjs has no gradient of
 * it: the map is taken apart into n² maps of every nth position each, which are convolved as they are and put together again.
 */
import { addBias } from '../../engine/fused/addMaps';
import { tf } from '../../engine/tf';
import type { Activation } from './activation';
import { fanOutNormal, volume } from './initial';
import { activationOperations, finish, type Layer } from './layer';
import { planBias, planConvolution } from './variablePlan';

/** @param x [batch, height, width, from] @param filter [3, 3, from, to] @returns [batch, height, width, to] */
export function dilated(x: tf.Tensor4D, filter: tf.Tensor4D, rate: number): tf.Tensor4D {
  const [, height, width] = x.shape;
  const beyond = [height, width].map((side) => (rate - ((side + 2 * rate) % rate)) % rate) as [number, number];
  const paddings = beyond.map((more) => [rate, rate + more]);
  const apart = tf.spaceToBatchND(x, [rate, rate], paddings); // [batch · rate², …]
  const convolved = tf.conv2d(apart as tf.Tensor4D, filter, 1, 'valid');
  const crops = beyond.map((more) => [0, more]);
  return tf.batchToSpaceND(convolved, [rate, rate], crops) as tf.Tensor4D;
}

/** Of a dilated layer of 3×3 filters with biases. */
export interface DilatedOptions {
  /** Prefix of its variables. */
  readonly conv: string;
  readonly to: number;
  readonly rate: number;
  readonly activation: Activation;
}

/** 3×3 convolution of every `rate`th position, with a bias. */
export function dilatedConvolution({ conv, to, rate, activation }: DilatedOptions): Layer {
  return ([height, width, from]) => {
    const filter = planConvolution(conv, 3, from, to, fanOutNormal);
    const [weight, bias] = [filter.name, `${conv}.bias`];
    const apply = (x: tf.Tensor4D, w: tf.Tensor): tf.Tensor4D => dilated(x, w as tf.Tensor4D, rate);
    return {
      ...{ output: [height, width, to], variables: [filter, planBias(conv, to)], activation, batchNorm: undefined },
      ...{ multiplyAdds: volume(filter.shape) * height * width, kept: height * width * to },
      operations: [{ kind: 'linear', place: 'convolution', weight, bias, apply }, ...activationOperations(activation)],
      run: (x, { variables }, epilogue) =>
        finish(addBias(apply(x, variables.get(weight)), variables.get(bias)), activation, epilogue),
    };
  };
}
