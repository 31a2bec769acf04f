/** 3×3 convolution without padding: the map loses a position on every side. */
import { addBias } from '../../engine/fused/addMaps';
import { tf } from '../../engine/tf';
import { type Activation, NONE } from './activation';
import { type Initial, volume } from './initial';
import { activationOperations, finish, type Layer } from './layer';
import { planBias, planConvolution } from './variablePlan';

/** Of a layer without padding. */
export interface UnpaddedOptions {
  /** Prefix of its variables. */
  readonly conv: string;
  readonly to: number;
  readonly initial: Initial;
  /** Default false. */
  readonly bias?: boolean;
  /** Default none. */
  readonly activation?: Activation;
}

const WINDOWS = { size: 3, stride: 1, pad: 0, dilation: 1 } as const;

export function unpaddedConvolution({ conv, to, initial, bias = false, activation = NONE }: UnpaddedOptions): Layer {
  return ([height, width, from]) => {
    const filter = planConvolution(conv, 3, from, to, initial);
    const output = [height - 2, width - 2, to] as const;
    const apply = (x: tf.Tensor4D, weight: tf.Tensor): tf.Tensor4D => tf.conv2d(x, weight as tf.Tensor4D, 1, 'valid');
    const named = { weight: filter.name, ...(bias ? { bias: `${conv}.bias` } : {}) };
    return {
      ...{ output, variables: [filter, ...(bias ? [planBias(conv, to)] : [])], activation, batchNorm: undefined },
      ...{ multiplyAdds: volume(filter.shape) * output[0] * output[1], kept: volume(output) },
      operations: [
        { kind: 'linear', place: 'convolution', ...named, windows: WINDOWS, depthwise: false, apply },
        ...activationOperations(activation),
      ],
      run: (x, { variables }, epilogue) => {
        const y = apply(x, variables.get(filter.name));
        return finish(bias ? addBias(y, variables.get(`${conv}.bias`)) : y, activation, epilogue);
      },
    };
  };
}
