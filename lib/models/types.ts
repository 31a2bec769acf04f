/** What every network offers: logits and named features. A network knows no distillation method. */
import type { PriorSpec } from '../detection/priors/priors';
import type { tf } from '../engine/tf';
import type { Variables } from '../engine/variables';
import type { ImageNormalisation } from '../util/images/imageNormalisation';
import type { Random } from '../util/rng';
import type { LayerSpec } from './described/layerSpec';
import type { ProjectorSpec } from './described/projectorSpec';
import type { NetworkOperations } from './layers/operations';
import type { VariablePlan } from './layers/variablePlan';

/** Where a feature map comes from and what it looks like. */
export interface FeatureInfo {
  /** `stage3` is after the activation, `stage3.pre` the same map before it; where a stage ends without one, both are one map. */
  readonly name: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly activated: boolean;
  /**
   * Prefix, among the network's variables, of the batch norm whose result the activation cuts (`blocks.2_2.bn2`; in a residual block
   * the last one, before the sum). Absent where no one norm made the map, or nothing cuts it.
   */
  readonly batchNorm?: string;
}

/** How a forward pass runs, and which features it returns. */
export interface ForwardOptions {
  /** Training mode: batch norms use the batch's moments and move their statistics, unless those are held; dropout drops. Default false. */
  readonly training?: boolean;
  /** The features to return, by name; others are fused away. Default none. */
  readonly features?: readonly string[];
  /** What dropout draws from in training mode, by layer: the same numbers drop the same values. Needed where dropout is above 0. */
  readonly random?: Random | undefined;
  /**
   * Functions of features, by name: the network goes on with their results, of the same shape, and returns these. For analyses of
   * a network: a zero that is added to a map has the map's gradient, and channels that become 0 have no effect. Default none.
   */
  readonly interventions?: Readonly<Record<string, (map: tf.Tensor4D) => tf.Tensor4D>>;
}

/** A type, not an interface, so that it may leave a `tf.tidy`. */
export type ForwardResult = {
  /** [batch, classes], before softmax; of a network with priors [batch, priors · (classes + 1)], of each the background and the classes. */
  readonly logits: tf.Tensor2D;
  /** Of a network with priors: where the object of each is, [batch, priors, 4]. */
  readonly offsets?: tf.Tensor3D;
  /** The features asked for, [batch, height, width, channels] each. */
  readonly features: Readonly<Record<string, tf.Tensor4D>>;
};

/**
 * A network: a function of images with named variables and named features.
 * @example
 * ```ts
 * import { buildNetwork, random, start, tf } from 'iekd';
 *
 * await start();
 * const network = buildNetwork({ name: 'resnet8' }, random(0));
 * const { logits, features } = network.forward(tf.zeros([2, 32, 32, 3]), { features: ['stage3'] });
 * console.log(logits.shape, features['stage3']?.shape); // [2, 10] [2, 8, 8, 64]
 * network.dispose();
 * ```
 */
export interface Network {
  /** As in the table of models: `resnet20`. */
  readonly name: string;
  /** The full, JSON-ready description: building from it gives the same network. */
  readonly spec: NetworkSpec;
  /** [height, width, channels] of one image. */
  readonly input: readonly [number, number, number];
  readonly classes: number;
  readonly variables: Variables;
  /** Every feature that can be asked for, in order of depth. */
  readonly features: readonly FeatureInfo[];
  /** The stage whose map methods mean by its last one, `stage3`: of a detector that of its backbone; absent: that of the last stage. */
  readonly lastStage?: string;
  /** What its predictions are placed on; absent: on the image as a whole. */
  readonly priors?: PriorSpec;
  /** What its layers do in evaluation mode, which `lrp` and exporters need; absent: it does not say. `buildNetwork`'s all have it. */
  readonly operations?: NetworkOperations;
  /**
   * Logits and features; the caller disposes of them. @param x [batch, height, width, channels], normalised as its description says, or else as its data set
   * @throws InputError for images of another shape, unknown features, and interventions that change a shape
   */
  forward(x: tf.Tensor4D, options?: ForwardOptions): ForwardResult;
  /** Frees the variables. */
  dispose(): void;
}

/**
 * What a network file keeps of a network (weights/networkFile.ts): the description by which `buildNetwork` builds it again, and the
 * values of its variables by name. A network of another kind can be stored as soon as a description of its own names it, and the table of
 * models/index.ts builds that; a run's configuration and its hash hold the same description.
 */
export type StorableNetwork = Pick<Network, 'spec' | 'variables'>;

/** What a network will be, without its variables being made: for listings and checks. */
export interface NetworkPlan {
  /** Every option filled in. */
  readonly spec: NetworkSpec;
  readonly variables: readonly VariablePlan[];
  readonly features: readonly FeatureInfo[];
  /** Multiplications of one image's forward pass, each with its addition: convolutions and linear layers. */
  readonly multiplyAdds: number;
  /** Values of one image's maps that training keeps from the forward pass for the backward pass. */
  readonly kept: number;
  /** As of the network. */
  readonly operations?: NetworkOperations;
}

/** Per channel, of pixel values in [0, 1]: a pixel p becomes (p / 255 − mean) / std. */
export type InputNormalisation = ImageNormalisation;

/** Models that `describeModels` lists. Families know more, by their rules. */
export type ModelName =
  | `resnet${8 | 14 | 18 | 20 | 32 | 34 | 44 | 50 | 56 | 110}`
  | `resnet${8 | 32}x4`
  | `wrn-${'16-1' | '16-2' | '40-1' | '40-2' | '46-4' | '28-10'}`
  | `vgg${8 | 11 | 13 | 16 | 19}${'' | '-bn'}`
  | 'mobilenet'
  | 'mobilenetv2'
  | 'shufflenetv2'
  | `ssd-resnet${8 | 14 | 20}`
  | `ssd300-resnet${18 | 34 | 50}`
  | 'ssd300-vgg16'
  | 'ssdlite-mobilenetv2';

/**
 * A network as data, JSON-ready: what `buildNetwork` takes, a run's configuration holds and a network file stores. Options are those of
 * the family (`describeModels` lists them). Unknown keys are errors.
 */
export interface NetworkSpec {
  /** Of the table of models: `resnet20`, `wrn-16-2`, `vgg13-bn`. */
  readonly name: ModelName | (string & Record<never, never>); // any text; editors and notebooks offer the models
  /** Default 10. */
  readonly classes?: number;
  /** [height, width, channels] of one image; default [32, 32, 3]. */
  readonly input?: readonly [number, number, number];
  /** What its images are normalised by, where that is not the data set's own: of a network that was trained elsewhere. */
  readonly normalisation?: InputNormalisation;
  /** Layers after its last map, and a classifier that does not learn: of a student of `simkd`. */
  readonly projector?: ProjectorSpec;
  /** Of a network of one's own, with any name that the table has not: its stages, each a list of layers. */
  readonly stages?: readonly (readonly LayerSpec[])[];
  /** Of such a network: hidden layers between the mean over positions and the linear layer to the classes; default none. */
  readonly head?: readonly LayerSpec[];
  readonly [option: string]: unknown;
}
