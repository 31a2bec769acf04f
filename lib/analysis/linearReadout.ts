/**
 * How much of one map can be read off another: a linear map of the channels, the same at every position, is fitted on some images
 * and evaluated on others (Alain & Bengio 2017, linear probes; Kornblith et al. 2019, section 3, linear regression).
 *   R² = 1 − Σ |Y − Ŷ|² / Σ |Y − ȳ|²,   Ŷ = ȳ + (X − x̄) W,   W = (Xᵀ X + ρ I)⁻¹ Xᵀ Y of centred X and Y
 * A loss that pushes an encoder's factor away may move the map, or the encoder alone: what a linear map still reads was not lost.
 */
import { integerIn, knownKeys, numberIn, refuse, refusePhrase } from '../util/check';
import type { FeatureMatrix } from './featureMatrix';
import { solvePositive } from './linalg/cholesky';

/** Options of `linearReadout`. */
export interface ReadoutOptions {
  /** Positions of both maps, height · width; 1 for means over positions. */
  readonly positions: number;
  /** Images that W is fitted on, the first ones; default half of them, rounded down. The others are held out. */
  readonly fitted?: number;
  /** ρ in mean squares of a centred channel of X, times rows; default 1e-6: enough for channels that are never active. */
  readonly ridge?: number;
}

/** How well a linear map predicts. */
export interface Readout {
  /** R² on the images that were held out; at most 1; below 0 where it does worse than the mean. */
  readonly r2: number;
  /** R² on those that it was fitted on: far above `r2` where there were too few. */
  readonly fittedR2: number;
  /** Numbers of images. */
  readonly fitted: number;
  readonly heldOut: number;
}

/** Channels at positions of images as rows, and their means over the rows that a fit is made on. */
interface Rows {
  readonly name: string;
  readonly values: FeatureMatrix['values'];
  readonly channels: number;
  readonly means: Float64Array;
}

/**
 * R² of the linear map by which the channels of `from` predict those of `to`, position by position.
 * @param from matrix of `featureMatrices`, [images, positions · channels], not pooled unless `positions` is 1 @param to of the same images
 * @throws InputError for features of other images or positions, values that are not finite, and features that are constant
 * @example
 * ```ts
 * import { buildNetwork, type FeatureMatrix, featureMatrices, linearReadout, loadDataset, random, start } from 'iekd';
 *
 * await start();
 * const data = await loadDataset('cifar10', { train: 100, test: 100 });
 * const mapOf = (seed: number): FeatureMatrix[] => {
 *   const network = buildNetwork({ name: 'resnet8' }, random(seed));
 *   return featureMatrices({ network, images: data.test, normalisation: data, parts: ['stage3'] });
 * };
 * const [[student], [teacher]] = [mapOf(0), mapOf(1)];
 * if (student && teacher) console.log(linearReadout(student, teacher, { positions: 8 * 8 }).r2);
 * ```
 */
export function linearReadout(from: FeatureMatrix, to: FeatureMatrix, options: ReadoutOptions): Readout {
  knownKeys('linearReadout', options, ['positions', 'fitted', 'ridge']);
  const { images } = from;
  if (to.images !== images) throw refuse(`linearReadout: ${to.name}`, `${images} images, as ${from.name} has`, to.images);
  const positions = integerIn('linearReadout: positions', options.positions, 1);
  const fitted = integerIn('linearReadout: fitted', options.fitted ?? Math.floor(images / 2), 1, images - 1);
  const ridge = numberIn('linearReadout: ridge', options.ridge ?? 1e-6, 0);
  const border = fitted * positions;
  const [x, y] = [from, to].map((matrix) => rowsOf(matrix, positions, border)) as [Rows, Rows];
  const gram = products(x, x, border);
  addRidge(x, gram, ridge);
  const weights = solvePositive(gram, x.channels, products(x, y, border), y.channels);
  return {
    r2: explained(x, y, weights, border, images * positions),
    fittedR2: explained(x, y, weights, 0, border),
    fitted,
    heldOut: images - fitted,
  };
}

function rowsOf({ name, size, values }: FeatureMatrix, positions: number, fitted: number): Rows {
  if (size % positions !== 0) throw refuse(`linearReadout: ${name}`, `values of ${positions} positions`, size);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw refuse(`linearReadout: ${name}: image ${Math.floor(bad / size)}`, 'finite values', values[bad]);
  const channels = size / positions;
  const sums = new Float64Array(channels);
  for (let at = 0; at < fitted * channels; at++) sums[at % channels] = (sums[at % channels] as number) + (values[at] as number);
  return { name, values, channels, means: sums.map((sum) => sum / fitted) };
}

const centred = ({ values, channels, means }: Rows, row: number, channel: number): number =>
  (values[row * channels + channel] as number) - (means[channel] as number);

/** Aᵀ B over the first rows, centred: [channels of a, channels of b]. */
function products(a: Rows, b: Rows, rows: number): Float64Array {
  const sums = new Float64Array(a.channels * b.channels);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < a.channels; i++) {
      const left = centred(a, row, i);
      for (let j = 0; j < b.channels; j++) {
        const at = i * b.channels + j;
        sums[at] = (sums[at] as number) + left * centred(b, row, j);
      }
    }
  }
  return sums;
}

/** On the diagonal of Xᵀ X, by the mean of which it is scaled. */
function addRidge({ name, channels }: Rows, gram: Float64Array, ridge: number): void {
  let trace = 0;
  for (let i = 0; i < channels; i++) trace += gram[i * channels + i] as number;
  if (trace === 0) throw constant(name);
  for (let i = 0; i < channels; i++) gram[i * channels + i] = (gram[i * channels + i] as number) + (ridge * trace) / channels;
}

/** R² over the rows from `first` to before `last`. */
function explained(x: Rows, y: Rows, weights: Float64Array, first: number, last: number): number {
  let [missed, total] = [0, 0];
  for (let row = first; row < last; row++) {
    const left = Float64Array.from({ length: y.channels }, (_, j) => centred(y, row, j));
    for (const value of left) total += value ** 2;
    for (let i = 0; i < x.channels; i++) {
      const value = centred(x, row, i);
      for (let j = 0; j < y.channels; j++) left[j] = (left[j] as number) - value * (weights[i * y.channels + j] as number);
    }
    for (const value of left) missed += value ** 2;
  }
  if (total === 0) throw constant(y.name);
  return 1 - missed / total;
}

const constant = (name: string): Error =>
  refusePhrase(`linearReadout: ${name}`, 'features that vary', 'the same at every position of all images');
