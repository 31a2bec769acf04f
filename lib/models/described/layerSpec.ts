/**
 * Layers as data, JSON-ready: what a network of one's own is described by. Every kind is an object with one key that names it and says
 * its main number; the other keys are options. A network of them is stored, hashed, resumed, planned and explained like those of the
 * table, because the layers that are made of them are the same (models/layers).
 */

/** What ends a layer; `relu` is max(x, 0), `relu6` min(max(x, 0), 6). */
export type ActivationName = 'relu' | 'relu6' | 'none';

/** Convolution with as many channels out, zero padding (size − 1) / 2 on every side, then batch norm and activation. */
export interface ConvolutionSpec {
  readonly conv: number;
  /** Of the square filter, odd; default 3. */
  readonly size?: number;
  /** Default 1. */
  readonly stride?: number;
  /** Whether a batch norm follows; without one the convolution has a bias. Default true. */
  readonly norm?: boolean;
  /** Default `relu`. */
  readonly activation?: ActivationName;
}

/** Convolution of each channel by itself with a square filter of this odd size, then batch norm and activation. */
export interface DepthwiseSpec {
  readonly depthwise: number;
  /** Default 1. */
  readonly stride?: number;
  /** Default `relu`. */
  readonly activation?: ActivationName;
}

/**
 * activation(body(x) + shortcut(x)): the activation is that of the body's last layer, which moves behind the sum. The shortcut is the
 * identity, or where the body changes the size of the map a 1×1 convolution and a batch norm.
 */
export interface ResidualSpec {
  readonly residual: readonly LayerSpec[];
}

/** Max pooling of windows of this size with stride 2. */
export interface MaxPoolSpec {
  readonly maxPool: number;
  /** Positions of −∞ on every side; default 0. */
  readonly pad?: number;
}

/** Dropout at this rate, in [0, 1). */
export interface DropoutSpec {
  readonly dropout: number;
}

/** Hidden linear layer of this many units, with bias; in heads only. */
export interface LinearSpec {
  readonly linear: number;
  /** Default `relu`. */
  readonly activation?: ActivationName;
}

/**
 * A layer as data: one of `conv`, `depthwise`, `residual`, `maxPool`, `dropout`, and in a head `linear` and `dropout`. A stage is a list
 * of them, which ends in a map that methods compare; after the last stage come the mean over positions, the layers of `head`, and a
 * linear layer to the classes.
 * @example
 * ```ts
 * import { buildNetwork, random, start, type LayerSpec } from 'iekd';
 *
 * await start();
 * const block = (to: number, stride = 1): LayerSpec => ({ residual: [{ conv: to, stride }, { conv: to }] });
 * const stages = [[{ conv: 16 }, block(16)], [block(32, 2)], [block(64, 2)]];
 * const network = buildNetwork({ name: 'mine', stages, head: [{ dropout: 0.2 }] }, random(0));
 * console.log(network.features.at(-1), network.variables.parameterCount()); // stage3: 8×8×64
 * network.dispose();
 * ```
 */
export type LayerSpec = ConvolutionSpec | DepthwiseSpec | ResidualSpec | MaxPoolSpec | DropoutSpec | LinearSpec;

/** With every option filled in. */
export type FullLayerSpec =
  | Required<ConvolutionSpec>
  | Required<DepthwiseSpec>
  | { readonly residual: readonly FullLayerSpec[] }
  | Required<MaxPoolSpec>
  | DropoutSpec
  | Required<LinearSpec>;
