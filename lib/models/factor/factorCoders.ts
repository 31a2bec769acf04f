/**
 * The two ways in which the factor encoder and its decoder are built: three 3×3 convolutions from → from → to → to, each followed
 * by a leaky ReLU of slope 0.1.
 *   `batchNorm`, the released code of IE-KD: a leaky ReLU before all, no biases, a batch norm after each convolution, and a decoder
 *     that is an encoder with the roles exchanged; filters start normal of standard deviation √(2 / (9 · out))
 *   `biased`, the paraphraser and translator of factor transfer (Kim et al. 2018): biases, no batch norm, transposed convolutions in
 *     the decoder; all values start uniform within 1 / √(fan in), PyTorch's default (of a transposed convolution 9 · out)
 * Variables of the first are named as in lib/bench/pytorch_reference.py, where layers are numbered: 1, 4, 7 convolutions, 2, 5, 8
 * batch norms; those of the second 0, 1, 2.
 */
import { leakyRelu } from '../../engine/fused/leakyRelu';
import { tf } from '../../engine/tf';
import { convNorm, type ForwardContext } from '../layers/functional';
import { fanOutNormal, uniform } from '../layers/initial';
import { planBatchNorm, planConvolution, type VariablePlan } from '../layers/variablePlan';

const SLOPE = 0.1;

/** Prefix of a coder's variables. */
export type CoderPart = 'encode' | 'decode';

/** One way to build both parts. */
export interface Coder {
  plan(part: CoderPart, from: number, to: number): VariablePlan[];
  /** @param x [batch, height, width, from] @returns [batch, height, width, to] */
  run(part: CoderPart, x: tf.Tensor4D, context: ForwardContext): tf.Tensor4D;
}

const batchNorm: Coder = {
  plan: (part, from, to) =>
    layers(from, to).flatMap(([a, b], i) => [
      planConvolution(`${part}.${3 * i + 1}`, 3, a, b, fanOutNormal),
      ...planBatchNorm(`${part}.${3 * i + 2}`, b),
    ]),
  run(part, x, context) {
    const layer = (h: tf.Tensor4D, i: number): tf.Tensor4D =>
      convNorm(h, { conv: `${part}.${i}`, norm: `${part}.${i + 1}`, slope: SLOPE }, context);
    return [1, 4, 7].reduce(layer, leakyRelu(x, SLOPE));
  },
};

const biased: Coder = {
  plan: (part, from, to) =>
    layers(from, to).flatMap(([a, b], i) => {
      const { shape, fanIn } = part === 'encode' ? { shape: [3, 3, a, b], fanIn: 9 * a } : { shape: [3, 3, b, a], fanIn: 9 * b };
      const initial = uniform(1 / Math.sqrt(fanIn));
      return [
        { name: `${part}.${i}.weight`, shape, trainable: true, initial },
        { name: `${part}.${i}.bias`, shape: [b], trainable: true, initial },
      ];
    }),
  run(part, x, { variables }) {
    const layer = (h: tf.Tensor4D, i: number): tf.Tensor4D => {
      const filter = variables.get(`${part}.${i}.weight`) as tf.Tensor4D;
      return leakyRelu(
        tf.add(part === 'encode' ? tf.conv2d(h, filter, 1, 1) : transposed(h, filter), variables.get(`${part}.${i}.bias`)),
        SLOPE,
      );
    };
    return [0, 1, 2].reduce(layer, x);
  },
};

/** By name. */
export const FACTOR_CODERS = { batchNorm, biased } as const;

/** `batchNorm` or `biased`. */
export type FactorCoder = keyof typeof FACTOR_CODERS;

function layers(from: number, to: number): (readonly [number, number])[] {
  return [
    [from, from],
    [from, to],
    [to, to],
  ];
}

/** Stride 1, the size kept. @param filter [3, 3, to, from] */
function transposed(x: tf.Tensor4D, filter: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width] = x.shape;
  return tf.conv2dTranspose(x, filter, [batch, height, width, filter.shape[2]], 1, 1);
}
