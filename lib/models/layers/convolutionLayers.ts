/** Layers of convolutions and batch norms. Channels in are those of the map on which a layer is placed. */
import { addBias } from '../../engine/fused/addMaps';
import { tf } from '../../engine/tf';
import { type Activation, NONE } from './activation';
import { batchNorm, convNorm, depthwise, type ForwardContext } from './functional';
import { fanOutNormal, type Initial, kaimingNormal, volume } from './initial';
import { activationOperations, type Epilogue, finish, type Layer, type MapSize } from './layer';
import type { ConvolutionOperation, NormOperation } from './operations';
import { planBatchNorm, planBias, planConvolution, type VariablePlan } from './variablePlan';

export interface ConvolutionOptions {
  /** Prefix of its variables. */
  readonly conv: string;
  /** Prefix of the variables of the batch norm over it; absent: none. */
  readonly norm?: string;
  /** Of the square filter, odd; default 3. Zero padding (size − 1) / 2 on every side. */
  readonly size?: number;
  /** Channels out. */
  readonly to: number;
  /** Default 1. */
  readonly stride?: number;
  /** Default false. */
  readonly bias?: boolean;
  /** Default none. */
  readonly activation?: Activation;
  /** Of the filter; default normal of standard deviation √(2 / (size² · to)). */
  readonly initial?: Initial;
}

/** Convolution, and a batch norm over it where one is named. */
export function convolution(options: ConvolutionOptions): Layer {
  const { conv, norm, size = 3, to, stride = 1, bias = false, activation = NONE, initial = fanOutNormal } = options;
  return (input) => {
    const filter = planConvolution(conv, size, input[2], to, initial);
    const output = strided(input, to, stride);
    return {
      ...{
        output,
        multiplyAdds: everywhere(filter, output),
        kept: (norm === undefined ? 1 : 2) * volume(output),
        activation,
        batchNorm: norm,
      },
      operations: [
        convolutionOperation(options),
        ...(norm === undefined ? [] : [normOperation(norm)]),
        ...activationOperations(activation),
      ],
      variables: [filter, ...(bias ? [planBias(conv, to)] : []), ...(norm === undefined ? [] : planBatchNorm(norm, to))],
      run: (x, context, epilogue) => {
        if (norm === undefined) return finish(plainConvolution(x, options, context), activation, epilogue);
        return fuse(activation, epilogue, (fused) => convNorm(x, { conv, norm, bias, stride, ...fused }, context));
      },
    };
  };
}

function plainConvolution(x: tf.Tensor4D, options: ConvolutionOptions, { variables }: ForwardContext): tf.Tensor4D {
  const { weight, bias, apply } = convolutionOperation(options);
  const y = apply(x, variables.get(weight));
  return bias === undefined ? y : addBias(y, variables.get(bias));
}

const convolutionOperation = ({ conv, size = 3, stride = 1, bias = false }: ConvolutionOptions): ConvolutionOperation => ({
  ...{ kind: 'linear', place: 'convolution', weight: `${conv}.weight`, ...(bias ? { bias: `${conv}.bias` } : {}) },
  ...{ windows: { size, stride, pad: (size - 1) / 2, dilation: 1 }, depthwise: false },
  apply: (x, weight) => tf.conv2d(x, weight as tf.Tensor4D, stride, (size - 1) / 2),
});

const normOperation = (norm: string): NormOperation => ({ kind: 'norm', norm });

/**
 * Convolution of each channel by itself, zero padding (size − 1) / 2 on every side. Its filters start normal of standard deviation √2 / size:
 * one input, one output each. @param size of the square filter, odd
 */
export function depthwiseConvolution(conv: string, stride = 1, size = 3): Layer {
  return (input) => {
    const channels = input[2];
    const filter = planConvolution(conv, size, 1, channels, kaimingNormal);
    const output = strided(input, channels, stride);
    const weight = `${conv}.weight`;
    const operation: ConvolutionOperation = {
      ...{ kind: 'linear', place: 'convolution', weight, depthwise: true },
      windows: { size, stride, pad: (size - 1) / 2, dilation: 1 },
      apply: (x, own) => depthwise(x, own, stride),
    };
    return {
      ...{
        output,
        multiplyAdds: everywhere(filter, output),
        kept: volume(output),
        activation: NONE,
        batchNorm: undefined,
        variables: [filter],
      },
      operations: [operation],
      run: (x, { variables }, epilogue) => finish(depthwise(x, variables.get(weight), stride), NONE, epilogue),
    };
  };
}

/** Size of a map of `to` channels after a stride. */
export const strided = ([height, width]: MapSize, to: number, stride: number): MapSize => [
  Math.ceil(height / stride),
  Math.ceil(width / stride),
  to,
];

/** Multiplications of a convolution: every weight once a position of the result. */
const everywhere = ({ shape }: VariablePlan, [height, width]: MapSize): number => volume(shape) * height * width;

/** Batch norm by itself. */
export function norm(name: string, activation: Activation): Layer {
  return (output) => ({
    ...{ output, variables: planBatchNorm(name, output[2]), multiplyAdds: 0, kept: volume(output), activation, batchNorm: name },
    operations: [normOperation(name), ...activationOperations(activation)],
    run: (x, context, epilogue) => fuse(activation, epilogue, (fused) => batchNorm(x, name, fused, context)),
  });
}

/** Residual and activation are fused to a norm. */
function fuse(
  own: Activation,
  { residual, activation = own }: Epilogue = {},
  run: (fused: Activation & { readonly residual?: tf.Tensor4D }) => tf.Tensor4D,
): tf.Tensor4D {
  return run({ ...activation, ...(residual ? { residual } : {}) });
}
