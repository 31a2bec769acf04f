/** What images are normalised by: means and deviations per channel, of data sets and of networks that bring their own. */
import { isObject, refuse } from '../check';

/** Per channel, of pixel values in [0, 1]: a pixel p becomes (p / 255 − mean) / std. */
export interface ImageNormalisation {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Of torchvision's and timm's networks of ImageNet, and of networks that took over their preprocessing. */
export const IMAGENET_NORMALISATION: ImageNormalisation = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/** @throws InputError for means and deviations of another number of channels, or of another scale than [0, 1] */
export function normalisationIn(where: string, given: unknown, channels: number): ImageNormalisation {
  if (!isObject(given)) throw refuse(where, 'mean and std, a number a channel', given);
  const { mean, std } = given;
  return {
    mean: numbersIn(`${where}: mean`, mean, channels, 'in [0, 1]', (value) => value >= 0),
    std: numbersIn(`${where}: std`, std, channels, 'above 0, at most 1', (value) => value > 0),
  };
}

function numbersIn(
  where: string,
  given: unknown,
  channels: number,
  range: string,
  holds: (value: number) => boolean,
): readonly number[] {
  if (!Array.isArray(given) || given.length !== channels) throw refuse(where, `a number for each of ${channels} channels`, given);
  const bad = given.find((value) => !(typeof value === 'number' && holds(value) && value <= 1));
  if (bad === undefined) return [...(given as number[])];
  const hint = typeof bad === 'number' && bad > 1 && bad <= 255 ? 'divide them by 255' : undefined;
  throw refuse(where, `numbers ${range}, of pixels in [0, 1]`, given, hint);
}
