/**
 * Centred kernel alignment (Kornblith et al. 2019) of stored features, in double precision: how alike two layers, halves or networks
 * tell images apart. 1: up to rotation and scale in the same way; 0: not at all alike. The loss of the same name is `ckaLinear`.
 *   CKA = HSIC(K, L) / √(HSIC(K, K) · HSIC(L, L)) = ⟨K, L⟩ / (‖K‖ ‖L‖), K and L centred as the estimator of HSIC has it (hsic.ts)
 */
import { objectsIn, refusePhrase } from '../util/check';
import type { FeatureMatrix } from './featureMatrix';
import {
  type CentredKernel,
  type CkaEstimator,
  type CkaKernel,
  type CkaOptions,
  centredKernel,
  imagesOf,
  inner,
  settingsOf,
} from './hsic';

/** CKA of each feature of `rows` with each of `columns`, as data. */
export interface CkaMatrix {
  readonly kernel: CkaKernel;
  readonly t: number;
  readonly estimator: CkaEstimator;
  readonly images: number;
  /** Names. */
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** values[row][column] */
  readonly values: readonly (readonly number[])[];
}

/**
 * CKA of two features of the same images, of any sizes. Biased: in [0, 1]. Unbiased: in [−1, 1].
 * @throws InputError for too few images, values that are not finite, and features that do not tell the images apart
 */
export function cka(a: FeatureMatrix, b: FeatureMatrix, options: CkaOptions = {}): number {
  return ckaMatrix([a], [b], options).values[0]?.[0] as number;
}

/**
 * CKA of all pairs, as `cka` has it; each kernel matrix is computed once. @param columns default `rows`
 * @throws InputError as `cka` does
 * @example
 * ```ts
 * import { buildNetwork, ckaMatrix, featureMatrices, loadDataset, random, start } from 'iekd';
 *
 * await start();
 * const data = await loadDataset('cifar10', { train: 100, test: 100 });
 * const network = buildNetwork({ name: 'resnet20' }, random(0));
 * const maps = featureMatrices({ network, images: data.test, normalisation: data, parts: ['stage1', 'stage2', 'stage3'] });
 * const { values } = ckaMatrix(maps, maps, { estimator: 'unbiased' });
 * console.log(values[0]?.[2]); // stage1 with stage3, in [−1, 1]
 * ```
 */
export function ckaMatrix(
  rows: readonly FeatureMatrix[],
  columns: readonly FeatureMatrix[] = rows,
  options: CkaOptions = {},
): CkaMatrix {
  const { kernel, t, estimator } = settingsOf('cka', options);
  for (const list of [rows, columns]) objectsIn('ckaMatrix', 'features of featureMatrices', list, ['values', 'images', 'size']);
  const all = [...new Set([...rows, ...columns])];
  const images = imagesOf('cka', all, estimator);
  const units = new Map(all.map((x) => [x, unit(x, centredKernel('cka', x, { kernel, t, estimator }))]));
  const value = (a: FeatureMatrix, b: FeatureMatrix): number => {
    return inner(units.get(a) as Float64Array, units.get(b) as Float64Array);
  };
  return {
    ...{ kernel, t, estimator, images },
    rows: rows.map(({ name }) => name),
    columns: columns.map(({ name }) => name),
    values: rows.map((a) => columns.map((b) => value(a, b))),
  };
}

/** K / ‖K‖; what is left of a constant kernel is rounding. */
function unit({ name }: FeatureMatrix, { centred, norm }: CentredKernel): Float64Array {
  const length = Math.sqrt(inner(centred, centred));
  if (length > 1e-12 * norm) return centred.map((x) => x / length);
  throw refusePhrase(`cka: ${name}`, 'features that tell the images apart', 'the same of all images');
}
