/** Operations with their values, as plain data. Layouts are this library's: filters [size, size, from, to], matrices [from, to]. */
import type { TensorData } from '../engine/variables';
import type { Activation } from '../models/layers/activation';
import type { FixedForm, Windows } from '../models/layers/operations';

interface Linear {
  /** Prefix of its variables: `blocks.0_0.conv1`. */
  readonly name: string;
  readonly weight: TensorData;
  readonly bias: TensorData | undefined;
}

/** A convolution with its values. */
export interface ValuedConvolution extends Linear {
  readonly kind: 'convolution';
  readonly windows: Windows;
  readonly depthwise: boolean;
}

/** A product with a matrix. */
export interface ValuedProduct extends Linear {
  readonly kind: 'product';
}

/** y = (x − mean) / √(variance + ε) · gamma + beta, [channels] each. */
export interface ValuedNorm {
  readonly kind: 'norm';
  readonly name: string;
  readonly gamma: TensorData;
  readonly beta: TensorData;
  readonly mean: TensorData;
  readonly variance: TensorData;
  readonly epsilon: number;
}

/** One operation, nothing of which is looked up any more. */
export type ValuedOperation =
  | ValuedConvolution
  | ValuedProduct
  | ValuedNorm
  | { readonly kind: 'fixed'; readonly form: FixedForm }
  | { readonly kind: 'maxPool'; readonly windows: Windows }
  | { readonly kind: 'activation'; readonly activation: Activation }
  | { readonly kind: 'scale'; readonly name: string; readonly weight: TensorData; readonly epsilon: number }
  | { readonly kind: 'sum'; readonly summands: readonly (readonly ValuedOperation[])[] }
  | { readonly kind: 'interleave'; readonly branches: readonly [readonly ValuedOperation[], readonly ValuedOperation[]] };
