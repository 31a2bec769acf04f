/**
 * The factor encoder of IE-KD's released code: the paraphraser of factor transfer (Kim et al. 2018) with batch norms, without
 * convolution biases, and with ordinary convolutions in its decoder. Encoder from → to channels: leaky ReLU of slope 0.1, then
 * three 3×3 convolutions from → from → to → to, each followed by batch norm and leaky ReLU. The decoder is the same with the
 * roles exchanged. Initial filters: normal of standard deviation √(2 / (9 · out)). Variable names are those of
 * test/bench/pytorch_reference.py, where layers are numbered: 1, 4, 7 convolutions, 2, 5, 8 batch norms.
 */
import { leakyRelu } from '../engine/fused/activation';
import { tf } from '../engine/tf';
import type { Variables } from '../engine/variables';
import { integerIn, refuse } from '../util/check';
import type { Random } from '../util/rng';
import { convNorm } from './blocks';
import { fanOutNormal } from './initial';
import { createVariables, planBatchNorm, planConvolution, type VariablePlan } from './plan';

const SLOPE = 0.1;

/** Channel counts of an encoder. */
export interface FactorEncoderSizes {
  /** Channels of the feature map. */
  readonly from: number;
  /** Channels of the factor. */
  readonly to: number;
}

/** Maps a feature to its factor; what a student uses. */
export interface FactorEncoder extends FactorEncoderSizes {
  readonly variables: Variables;
  /** @param x [batch, height, width, from] @returns [batch, height, width, to] */
  encode(x: tf.Tensor4D, training: boolean): tf.Tensor4D;
  dispose(): void;
}

/** An encoder with the decoder that lets it be fitted. */
export interface FactorAutoEncoder extends FactorEncoder {
  /** @param z [batch, height, width, to] @returns [batch, height, width, from] */
  decode(z: tf.Tensor4D, training: boolean): tf.Tensor4D;
}

function planCoder(prefix: string, from: number, to: number): VariablePlan[] {
  const sizes = [
    [from, from],
    [from, to],
    [to, to],
  ] as const;
  return sizes.flatMap(([a, b], i) => [
    planConvolution(`${prefix}.${3 * i + 1}`, 3, a, b, fanOutNormal),
    ...planBatchNorm(`${prefix}.${3 * i + 2}`, b),
  ]);
}

/** The variables of an encoder, and of its decoder where there is one, without making them. */
export function planFactorEncoder({ from, to }: FactorEncoderSizes, decoder: boolean): VariablePlan[] {
  integerIn('factorEncoder: from', from, 1);
  integerIn('factorEncoder: to', to, 1);
  return [...planCoder('encode', from, to), ...(decoder ? planCoder('decode', to, from) : [])];
}

function code(where: string, x: tf.Tensor4D, channels: number, variables: Variables, training: boolean): tf.Tensor4D {
  if (x.rank !== 4 || x.shape[3] !== channels) {
    throw refuse(`factorEncoder: ${where}`, `maps of shape [batch,height,width,${channels}]`, x.shape);
  }
  return tf.tidy(() => {
    const context = { variables, training };
    let h = leakyRelu(x, SLOPE);
    for (const i of [1, 4, 7]) {
      h = convNorm(h, { conv: `${where}.${i}`, norm: `${where}.${i + 1}`, slope: SLOPE }, context);
    }
    return h;
  });
}

/** An encoder alone. */
export function factorEncoder(sizes: FactorEncoderSizes, random: Random): FactorEncoder {
  const variables = createVariables(planFactorEncoder(sizes, false), random);
  const encode = (x: tf.Tensor4D, training: boolean): tf.Tensor4D => code('encode', x, sizes.from, variables, training);
  return { ...sizes, variables, encode, dispose: () => variables.dispose() };
}

/** An encoder and its decoder. */
export function factorAutoEncoder(sizes: FactorEncoderSizes, random: Random): FactorAutoEncoder {
  const variables = createVariables(planFactorEncoder(sizes, true), random);
  const encode = (x: tf.Tensor4D, training: boolean): tf.Tensor4D => code('encode', x, sizes.from, variables, training);
  const decode = (z: tf.Tensor4D, training: boolean): tf.Tensor4D => code('decode', z, sizes.to, variables, training);
  return { ...sizes, variables, encode, decode, dispose: () => variables.dispose() };
}
