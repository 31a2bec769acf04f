/**
 * A branch of a student: from a shallow map to one of the size of its last, and a classifier of its own. As in the authors' code of Zhang et
 * al. 2019 a bottleneck: convolutions 1×1 to a quarter of the last map's channels, 3×3, and 1×1 to all of them, each with batch norm and ReLU,
 * the mean over positions and a linear layer. Where their 3×3 is one filter as large as its stride, here each halving of the map has a 3×3 of
 * stride 2.
 */
import { globalAveragePool } from '../../engine/fused/globalAveragePool';
import { tf } from '../../engine/tf';
import type { Variables } from '../../engine/variables';
import { convNorm } from '../../models/layers/functional';
import { kaimingNormal } from '../../models/layers/initial';
import { createVariables, planBatchNorm, planConvolution, planLinear } from '../../models/layers/variablePlan';
import type { FeatureInfo, Network } from '../../models/types';
import { refusePhrase } from '../../util/check';
import type { Random } from '../../util/rng';
import { shapeOf } from '../parts/featureSelection';

/** What a branch says of a batch. */
export interface BranchResult {
  /** Of the size of the student's last map. */
  readonly map: tf.Tensor4D;
  /** [batch, classes] */
  readonly logits: tf.Tensor2D;
}

/** A branch with variables of its own. */
export interface ShallowBranch {
  /** The map that it begins at. */
  readonly feature: string;
  readonly variables: Variables;
  /** Training mode. */
  run(map: tf.Tensor4D): BranchResult;
}

/** The maps after each stage of a network up to the one that its classifier reads, in order. @throws InputError for fewer than two */
export function stageMaps(where: string, { name, features, lastStage }: Network): readonly [...FeatureInfo[], FeatureInfo] {
  const after = features.filter((map) => !map.name.endsWith('.pre'));
  const end = lastStage === undefined ? after.length : after.findIndex((map) => map.name === lastStage) + 1;
  const maps = after.slice(0, end);
  if (maps.length < 2) throw refusePhrase(where, 'a student of two stages at least', `${name} with ${maps.length}`);
  return maps as unknown as readonly [...FeatureInfo[], FeatureInfo];
}

/** @throws InputError for a map that halving does not bring to the size of the last */
export function shallowBranch(
  where: string,
  from: FeatureInfo,
  last: FeatureInfo,
  classes: number,
  random: Random,
): ShallowBranch {
  const strides = [1, ...stridesTo(where, from, last), 1];
  const middle = Math.max(1, Math.floor(last.channels / 4));
  const widths = [from.channels, ...strides.slice(1).map(() => middle), last.channels];
  const plan = strides.flatMap((_, i) => {
    const size = i === 0 || i === strides.length - 1 ? 1 : 3;
    const [before, to] = [widths[i] as number, widths[i + 1] as number];
    return [planConvolution(`conv${i + 1}`, size, before, to, kaimingNormal), ...planBatchNorm(`bn${i + 1}`, to)];
  });
  const variables = createVariables([...plan, ...planLinear('fc', last.channels, classes)], random);
  return {
    feature: from.name,
    variables,
    run(map) {
      const context = { variables, training: true };
      const layer = (x: tf.Tensor4D, stride: number, i: number): tf.Tensor4D =>
        convNorm(x, { conv: `conv${i + 1}`, norm: `bn${i + 1}`, stride, slope: 0 }, context);
      const end = strides.reduce(layer, map);
      const logits = tf.add<tf.Tensor2D>(
        tf.matMul(globalAveragePool(end), variables.get('fc.weight') as tf.Tensor2D),
        variables.get('fc.bias'),
      );
      return { map: end, logits };
    },
  };
}

/** Of the 3×3 convolutions: 2 for each halving, or one of 1. */
function stridesTo(where: string, from: FeatureInfo, last: FeatureInfo): number[] {
  let { height, width } = from;
  const strides: number[] = [];
  while (height > last.height || width > last.width) {
    [height, width] = [Math.ceil(height / 2), Math.ceil(width / 2)];
    strides.push(2);
  }
  if (height === last.height && width === last.width) return strides.length > 0 ? strides : [1];
  throw refusePhrase(where, `maps that halving brings to the size of ${shapeOf(last)}`, shapeOf(from));
}
