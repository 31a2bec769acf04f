/** What matchers share: sums over layers, teacher sides and student sides without variables, connectors. */
import { tf } from '../../engine/tf';
import { Variables } from '../../engine/variables';
import { convNorm } from '../../models/layers/functional';
import { fanOutNormal } from '../../models/layers/initial';
import { createVariables, planBatchNorm, planConvolution, type VariablePlan } from '../../models/layers/variablePlan';
import type { FeatureInfo } from '../../models/types';
import { listIn, pick, refuse, refusePhrase } from '../../util/check';
import type { Random } from '../../util/rng';
import type { Factor, StudentSide, TeacherSide } from '../matcher';
import { shapeOf } from './featureSelection';

/** Σ over layers of `f`; the layer's number comes third. */
export function overLayers(
  factor: Factor,
  target: Factor,
  f: (a: tf.Tensor, b: tf.Tensor, layer: number) => tf.Scalar,
): tf.Scalar {
  for (const [name, list] of Object.entries({ factor, target })) {
    if (listIn(`overLayers: ${name}`, 'tensors', list).length === 0)
      throw refuse(`overLayers: ${name}`, 'at least one tensor', list);
  }
  const values = factor.map((a, i) => f(a, target[i] as tf.Tensor, i));
  return values.reduce((sum, value) => tf.add<tf.Scalar>(sum, value));
}

/** As `overLayers`, the last layer in full and each one before it half as much as the next. */
export function halvedLayers(factor: Factor, target: Factor, f: (a: tf.Tensor, b: tf.Tensor) => tf.Scalar): tf.Scalar {
  return overLayers(factor, target, (a, b, i) => tf.mul<tf.Scalar>(f(a, b), 2 ** (i + 1 - factor.length)));
}

/** A teacher side that learns nothing: its target is a function of the maps. */
export function fixedTarget(shapes: TeacherSide['shapes'], target: TeacherSide['target']): TeacherSide {
  return { shapes, variables: new Variables(), target };
}

/** The teacher's maps as they are. */
export function plainTarget(maps: readonly FeatureInfo[], target: TeacherSide['target'] = (features) => features): TeacherSide {
  return fixedTarget(
    maps.map(({ height, width, channels }) => [height, width, channels]),
    target,
  );
}

/** A student side without variables: its factor is a function of the maps. */
export function fixedFactor(factor: (features: readonly tf.Tensor4D[]) => Factor): StudentSide {
  return { variables: new Variables(), factor };
}

/** Where a layer has a connector: everywhere, only where channel counts differ, or nowhere. */
export type ConnectorPlace = 'always' | 'differing' | 'never';

const PLACES: Readonly<Record<ConnectorPlace, (from: number, to: number) => boolean>> = {
  always: () => true,
  differing: (from, to) => from !== to,
  never: () => false,
};

/** A checked name of a place. */
export function connectorPlace(where: string, name: string): ConnectorPlace {
  pick(where, PLACES, name);
  return name as ConnectorPlace;
}

export interface ConnectorOptions {
  /** Of the rectifier after the batch norm: 1 none (default), 0 ReLU. */
  readonly slope?: number;
  /** Default `always`. */
  readonly place?: ConnectorPlace;
}

/**
 * A connector a layer: 1×1 convolution from the student's channels to the target's, batch norm, and a ReLU where `slope` is 0.
 * Filters start normal of standard deviation √(2 / out), as the codes of AB and OD have them. Layers without one stay as they are.
 * @param channels the target's, layer by layer @throws InputError where channel counts differ and no connector may stand
 */
export function connectors(
  where: string,
  maps: readonly FeatureInfo[],
  channels: readonly number[],
  random: Random,
  { slope = 1, place = 'always' }: ConnectorOptions = {},
): StudentSide {
  const plan = maps.map((map, i): VariablePlan[] => {
    const [from, to] = [map.channels, channels[i] as number];
    if (PLACES[place](from, to)) {
      return [planConvolution(`${i}.conv`, 1, from, to, fanOutNormal), ...planBatchNorm(`${i}.bn`, to)];
    }
    if (from === to) return [];
    const hint = `a 1×1 convolution ${from} → ${to} would fit: connector "differing"`;
    throw refusePhrase(where, `a student map with the ${to} channels of its target`, shapeOf(map), hint);
  });
  const variables = createVariables(plan.flat(), random);
  const connect = (x: tf.Tensor4D, i: number, training: boolean): tf.Tensor4D =>
    plan[i]?.length ? convNorm(x, { conv: `${i}.conv`, norm: `${i}.bn`, slope }, { variables, training }) : x;
  return { variables, factor: (features, training) => features.map((x, i) => connect(x, i, training)) };
}

/** The channel counts of targets that are maps. */
export const channelsOf = ({ shapes }: TeacherSide): number[] => shapes.map((shape) => shape[2] as number);
