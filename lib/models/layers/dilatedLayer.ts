/** Layer of a convolution whose filter looks at every nth position, with a bias and padding that keeps the map's size. */
import { addBias } from '../../engine/fused/addMaps';
import { dilatedConvolution } from '../../engine/fused/dilatedConvolution';
import type { tf } from '../../engine/tf';
import type { Activation } from './activation';
import { fanOutNormal, volume } from './initial';
import { activationOperations, finish, type Layer } from './layer';
import { planBias, planConvolution } from './variablePlan';

/** Of a dilated layer of 3×3 filters with biases. */
export interface DilatedOptions {
  /** Prefix of its variables. */
  readonly conv: string;
  readonly to: number;
  readonly rate: number;
  readonly activation: Activation;
}

/** 3×3 convolution of every `rate`th position, with a bias. */
export function dilatedLayer({ conv, to, rate, activation }: DilatedOptions): Layer {
  return ([height, width, from]) => {
    const filter = planConvolution(conv, 3, from, to, fanOutNormal);
    const [weight, bias] = [filter.name, `${conv}.bias`];
    const apply = (x: tf.Tensor4D, w: tf.Tensor): tf.Tensor4D => dilatedConvolution(x, w as tf.Tensor4D, rate);
    const windows = { size: 3, stride: 1, pad: rate, dilation: rate };
    return {
      ...{ output: [height, width, to], variables: [filter, planBias(conv, to)], activation, batchNorm: undefined },
      ...{ multiplyAdds: volume(filter.shape) * height * width, kept: height * width * to },
      operations: [
        { kind: 'linear', place: 'convolution', weight, bias, windows, depthwise: false, apply },
        ...activationOperations(activation),
      ],
      run: (x, { variables }, epilogue) =>
        finish(addBias(apply(x, variables.get(weight)), variables.get(bias)), activation, epilogue),
    };
  };
}
