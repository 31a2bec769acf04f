/**
 * Embeddings: one vector an image, the mean of a map over its positions, as networks hand it to their classifier. Relations between images
 * are made of them; a half of a student is made of that half's channels, see README.md.
 */

import { globalAveragePool } from '../../engine/fused/globalAveragePool';
import type { tf } from '../../engine/tf';
import type { FeatureInfo } from '../../models/types';
import type { Factor, Matcher } from '../matcher';
import { fixedFactor, fixedTarget, plainTarget } from './connectors';

/** [batch, channels] of each map. */
export const embeddings = (maps: readonly tf.Tensor4D[]): Factor => maps.map((map) => globalAveragePool(map));

/** Both sides of a matcher that learns nothing and compares relations of embeddings: networks may differ in size and channels. */
export const EMBEDDED: Pick<Matcher, 'anySize' | 'teacherSide' | 'studentSide'> = {
  anySize: true,
  teacherSide: (maps: readonly FeatureInfo[]) =>
    fixedTarget(
      maps.map(({ channels }) => [channels]),
      embeddings,
    ),
  studentSide: () => fixedFactor(embeddings),
};

/** The same over whole maps, value by value. */
export const WHOLE_MAPS: Pick<Matcher, 'anySize' | 'teacherSide' | 'studentSide'> = {
  anySize: true,
  teacherSide: (maps) => plainTarget(maps),
  studentSide: () => fixedFactor((maps) => maps),
};
