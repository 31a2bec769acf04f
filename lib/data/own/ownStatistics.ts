/** Mean and deviation of one's own images, where nobody gives them. */
import { refusePhrase } from '../../util/check';
import { channelStatistics } from '../images/normalisation';
import type { ImageSet, Normalisation } from '../types';

/** @throws InputError for images of which a channel has one value everywhere */
export function ownStatistics(train: ImageSet): Normalisation {
  const statistics = channelStatistics(train);
  const flat = statistics.std.findIndex((deviation) => !(deviation > 0));
  if (train.count === 0 || flat < 0) return statistics;
  const hint = 'give normalisation where that is meant';
  throw refusePhrase('dataset: train', 'images that differ', `channel ${flat} with one value everywhere`, hint);
}
