/** What matchers of several layers share: sums over them, sizes that must agree, teacher's maps as they are, connectors. */
import { tf } from '../../engine/tf';
import { Variables } from '../../engine/variables';
import { convNorm } from '../../models/blocks';
import { fanOutNormal } from '../../models/initial';
import { createVariables, planBatchNorm, planConvolution } from '../../models/plan';
import type { FeatureInfo } from '../../models/types';
import { refuse, refusePhrase } from '../../util/check';
import type { Random } from '../../util/rng';
import type { Factor, StudentSide, TeacherSide } from '../types';

/** The stages that methods of several layers compare. */
export const STAGES: readonly string[] = ['stage1', 'stage2', 'stage3'];

/** A list of names of features, at least one. */
export function checkNames(where: string, value: unknown): readonly string[] {
  const names = Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string');
  if (!names) throw refuse(where, 'a list of names of features', value);
  return value as string[];
}

/** Σ over layers of `f`; the layer's number comes third. */
export function overLayers(
  factor: Factor,
  target: Factor,
  f: (a: tf.Tensor, b: tf.Tensor, layer: number) => tf.Scalar,
): tf.Scalar {
  const values = factor.map((a, i) => f(a, target[i] as tf.Tensor, i));
  return values.reduce((sum, value) => tf.add<tf.Scalar>(sum, value));
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

/** Refuses student maps whose heights and widths are not the target's, naming both. */
export function checkSizes(where: string, maps: readonly FeatureInfo[], shapes: TeacherSide['shapes']): void {
  for (const [i, { name, height, width, channels }] of maps.entries()) {
    const [h, w] = shapes[i] ?? [];
    if (height === h && width === w) continue;
    const own = `${name} of ${height}×${width}×${channels}`;
    throw refusePhrase(where, `a student map of the target's size, ${shapes[i]?.join('×')}`, own, 'match maps of one size');
  }
}

/**
 * A connector a layer: 1×1 convolution from the student's channels to the target's, batch norm, and a ReLU where `slope` is 0.
 * Filters start normal of standard deviation √(2 / out), as the code of OD has them.
 */
export function connectors(
  where: string,
  maps: readonly FeatureInfo[],
  { shapes }: TeacherSide,
  random: Random,
  slope = 1,
): StudentSide {
  checkSizes(where, maps, shapes);
  const plan = maps.flatMap(({ channels }, i) => {
    const to = shapes[i]?.[2] as number;
    return [planConvolution(`${i}.conv`, 1, channels, to, fanOutNormal), ...planBatchNorm(`${i}.bn`, to)];
  });
  const variables = createVariables(plan, random);
  return {
    variables,
    factor: (features, training) =>
      features.map((x, i) => convNorm(x, { conv: `${i}.conv`, norm: `${i}.bn`, slope }, { variables, training })),
  };
}
