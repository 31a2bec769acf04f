/**
 * The factor encoder, which makes a compact factor of a feature map, and the decoder by which it is fitted. How both are built is
 * named (factorCoders.ts): as in the released code of IE-KD, or as in factor transfer (Kim et al. 2018).
 */
import { tf } from '../../engine/tf';
import type { Variables } from '../../engine/variables';
import { integerIn, pick, refuse } from '../../util/check';
import type { Random } from '../../util/rng';
import { createVariables, type VariablePlan } from '../layers/variablePlan';
import { type Coder, type CoderPart, FACTOR_CODERS, type FactorCoder } from './factorCoders';

/** What an encoder is. */
export interface FactorEncoderSizes {
  /** Channels of the feature map. */
  readonly from: number;
  /** Channels of the factor. */
  readonly to: number;
  /** `batchNorm` (default) or `biased`. */
  readonly coder?: FactorCoder;
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

function coderNamed({ coder = 'batchNorm' }: FactorEncoderSizes): Coder {
  return pick<Coder>('factorEncoder: coder', FACTOR_CODERS, coder);
}

/** The variables of an encoder, and of its decoder where there is one, without making them. */
export function planFactorEncoder(sizes: FactorEncoderSizes, decoder: boolean): VariablePlan[] {
  const from = integerIn('factorEncoder: from', sizes.from, 1);
  const to = integerIn('factorEncoder: to', sizes.to, 1);
  const coder = coderNamed(sizes);
  return [...coder.plan('encode', from, to), ...(decoder ? coder.plan('decode', to, from) : [])];
}

type Code = (x: tf.Tensor4D, training: boolean) => tf.Tensor4D;

function code(part: CoderPart, channels: number, coder: Coder, variables: Variables): Code {
  return (x, training) => {
    if (x.rank !== 4 || x.shape[3] !== channels) {
      throw refuse(`factorEncoder: ${part}`, `maps of shape [batch,height,width,${channels}]`, x.shape);
    }
    return tf.tidy(() => coder.run(part, x, { variables, training }));
  };
}

/** An encoder alone. */
export function factorEncoder(sizes: FactorEncoderSizes, random: Random): FactorEncoder {
  const variables = createVariables(planFactorEncoder(sizes, false), random);
  const encode = code('encode', sizes.from, coderNamed(sizes), variables);
  return { ...sizes, variables, encode, dispose: () => variables.dispose() };
}

/** An encoder and its decoder. */
export function factorAutoEncoder(sizes: FactorEncoderSizes, random: Random): FactorAutoEncoder {
  const variables = createVariables(planFactorEncoder(sizes, true), random);
  const coder = coderNamed(sizes);
  const encode = code('encode', sizes.from, coder, variables);
  const decode = code('decode', sizes.to, coder, variables);
  return { ...sizes, variables, encode, decode, dispose: () => variables.dispose() };
}
