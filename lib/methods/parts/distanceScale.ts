/**
 * What a weight is multiplied by where a distance is taken on larger or smaller maps than the weight was chosen for. The mean over the
 * elements of two factors of length 1, as of FT, falls as 1/√D with the number D of values of a factor: on a detector's map a weight of
 * 50 would do almost nothing. With the exponent e of the distance (`Distance.sizeExponent`) the weight is multiplied by (D₀ / D)^e,
 * D₀ being the values that the factor has on the map that weights are meant for: √(D / D₀) for FT.
 */
import type { FeatureInfo } from '../../models/types';
import type { Distance, FactorShape } from '../matcher';

/** Of a map that weights are meant for. */
export type ReferenceMap = readonly [height: number, width: number, channels: number];

/**
 * The factor of a weight; over several maps the mean of theirs.
 * @param shapes of the teacher's factors, [height, width] or [height, width, channels] where the distance depends on the size
 * @param maps that they are made of @param reference undefined: the weight is as given, 1
 */
export function distanceScale(
  { sizeExponent }: Pick<Distance, 'sizeExponent'>,
  shapes: readonly FactorShape[],
  maps: readonly Pick<FeatureInfo, 'channels'>[],
  reference: ReferenceMap | undefined,
): number {
  if (!reference || sizeExponent === 0) return 1;
  const [height, width, channels] = reference;
  const scales = shapes.map(([h = 1, w = 1, c], i) => {
    // A factor has so many channels for each of its map's.
    const depth = c === undefined ? 1 : channels / (maps[i]?.channels ?? c);
    return ((height * width * depth) / (h * w)) ** sizeExponent;
  });
  return scales.reduce((sum, scale) => sum + scale, 0) / scales.length;
}
