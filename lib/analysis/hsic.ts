/**
 * Hilbert–Schmidt independence criterion of two sets of features of the same images, from kernel matrices in double precision.
 * The biased estimate (Gretton et al. 2005) grows with the number of values an image where there are few images: unrelated features
 * seem alike. The unbiased one (Song et al. 2012) has the expectation 0 for them, and can be a little below 0. Both are inner
 * products of matrices that are centred once a feature (the unbiased one's centring: Székely & Rizzo 2014).
 */
import { integerIn, knownKeys, pick, positive, refuse, refusePhrase } from '../util/check';
import { median } from '../util/stats';
import type { FeatureMatrix } from './featureMatrix';
import { rowProducts } from './linalg/rowProducts';

type Kernel = (x: Float64Array, images: number, size: number, t: number) => Float64Array;

const KERNELS: Readonly<Record<'linear' | 'rbf', Kernel>> = { linear: rowProducts, rbf };

/** Matrix of n images, in place; and what HSIC divides the inner product by. */
interface Estimator {
  readonly least: number;
  readonly centre: (k: Float64Array, n: number) => void;
  readonly divisor: (n: number) => number;
}

const ESTIMATORS: Readonly<Record<'biased' | 'unbiased', Estimator>> = {
  biased: { least: 2, centre: doubleCentre, divisor: (n) => (n - 1) ** 2 },
  unbiased: { least: 4, centre: centreWithoutDiagonal, divisor: (n) => n * (n - 3) },
};

/** `linear` or `rbf`. */
export type CkaKernel = keyof typeof KERNELS;
/** `biased` or `unbiased`. */
export type CkaEstimator = keyof typeof ESTIMATORS;

/** Options of `cka`, `ckaMatrix` and `hsic`. */
export interface CkaOptions {
  /** `linear` (default): x · y; `rbf`: exp(−d² / (2 t² · median d²)), the median over all pairs, each image with itself included. */
  readonly kernel?: CkaKernel;
  /** Width of `rbf` in units of the median distance, above 0; default 1. */
  readonly t?: number;
  /** `biased` (default), for at least 2 images, or `unbiased`, for at least 4. */
  readonly estimator?: CkaEstimator;
}

/** Most values that the kernel matrices of a comparison may have together: 1 GB. */
const MOST = 2 ** 27;

/**
 * Hilbert–Schmidt independence criterion: ⟨K, L⟩ of matrices centred on both sides, over (n − 1)², or the unbiased estimate, of
 * matrices with zero diagonals, over n (n − 3). In units of the kernels. Unlike CKA it may be taken of features that are constant.
 */
export function hsic(a: FeatureMatrix, b: FeatureMatrix, options: CkaOptions = {}): number {
  const settings = settingsOf('hsic', options);
  const n = imagesOf('hsic', [a, b], settings.estimator);
  const [k, l] = [a, b].map((x) => centredKernel('hsic', x, settings).centred) as [Float64Array, Float64Array];
  return inner(k, l) / ESTIMATORS[settings.estimator].divisor(n);
}

/** Options checked, with defaults. */
export function settingsOf(where: string, options: CkaOptions): Required<CkaOptions> {
  knownKeys(where, options, ['kernel', 't', 'estimator']);
  const { kernel = 'linear', t = 1, estimator = 'biased' } = options;
  pick(`${where}: kernel`, KERNELS, kernel);
  pick(`${where}: estimator`, ESTIMATORS, estimator);
  return { kernel, t: positive(`${where}: t`, t), estimator };
}

/** How many images all features are of. */
export function imagesOf(where: string, all: readonly FeatureMatrix[], estimator: CkaEstimator): number {
  const [first] = all;
  if (!first) throw refuse(where, 'at least one feature', []);
  for (const { name, images, size, values } of all) {
    integerIn(`${where}: ${name}: images (${estimator})`, images, ESTIMATORS[estimator].least);
    if (images !== first.images) throw refuse(`${where}: ${name}`, `the ${first.images} images of ${first.name}`, images);
    if (values.length !== images * size) throw refuse(`${where}: ${name}`, `${images} · ${size} values`, values.length);
    const bad = values.findIndex((x) => !Number.isFinite(x));
    if (bad >= 0) throw refuse(`${where}: ${name}: image ${Math.floor(bad / size)}`, 'finite values', values[bad]);
  }
  if (all.length * first.images ** 2 <= MOST) return first.images;
  const received = `${all.length} features of ${first.images} images`;
  throw refusePhrase(where, `kernel matrices of at most ${MOST} values`, received, 'take fewer images or fewer features');
}

/** What an estimator takes inner products of. */
export interface CentredKernel {
  readonly centred: Float64Array;
  /** ‖K‖ before it was centred. */
  readonly norm: number;
}

/** The kernel matrix of one feature, centred. */
export function centredKernel(
  where: string,
  { name, images, size, values }: FeatureMatrix,
  { kernel, t, estimator }: Required<CkaOptions>,
): CentredKernel {
  const k = KERNELS[kernel](centredColumns(values, images, size), images, size, t);
  if (k.some(Number.isNaN)) {
    const hint = 'take images of which fewer are seen as the same, or the linear kernel';
    throw refusePhrase(`${where}: ${name}`, 'a median distance above 0', '0', hint);
  }
  const norm = Math.sqrt(inner(k, k));
  ESTIMATORS[estimator].centre(k, images);
  return { centred: k, norm };
}

/** Columns of mean 0, exactly so where they are constant: their first value is taken away before the mean is. */
function centredColumns(values: FeatureMatrix['values'], images: number, size: number): Float64Array {
  const x = new Float64Array(values);
  const means = new Float64Array(size);
  for (let i = 0; i < x.length; i++) {
    x[i] = (x[i] as number) - (values[i % size] as number);
    means[i % size] = (means[i % size] as number) + (x[i] as number) / images;
  }
  return x.map((value, i) => value - (means[i % size] as number));
}

/** exp(−d² / (2 t² · median d²)); NaN where the median is 0. */
function rbf(x: Float64Array, images: number, size: number, t: number): Float64Array {
  const products = rowProducts(x, images, size);
  const square = (i: number): number => products[i * images + i] as number;
  const distances = products.map((product, at) => {
    return Math.max(0, square(Math.floor(at / images)) + square(at % images) - 2 * product);
  });
  const middle = median(distances);
  const scale = middle > 0 ? 2 * t ** 2 * middle : Number.NaN;
  return distances.map((distance) => Math.exp(-distance / scale));
}

/** H K H with H = I − 1/n: every row and column sums to 0. */
function doubleCentre(k: Float64Array, n: number): void {
  const { rows, all } = sums(k, n);
  for (let at = 0; at < k.length; at++) {
    const [i, j] = [Math.floor(at / n), at % n];
    k[at] = (k[at] as number) - ((rows[i] as number) + (rows[j] as number)) / n + all / n ** 2;
  }
}

/** Off the diagonal, which becomes 0: K_ij − (Σ_l K_il + Σ_l K_lj) / (n − 2) + Σ K / ((n − 1)(n − 2)); every row sums to 0. */
function centreWithoutDiagonal(k: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) k[i * n + i] = 0;
  const { rows, all } = sums(k, n);
  for (let at = 0; at < k.length; at++) {
    const [i, j] = [Math.floor(at / n), at % n];
    if (i !== j) k[at] = (k[at] as number) - ((rows[i] as number) + (rows[j] as number)) / (n - 2) + all / ((n - 1) * (n - 2));
  }
}

function sums(k: Float64Array, n: number): { readonly rows: Float64Array; readonly all: number } {
  const rows = Float64Array.from({ length: n }, (_, i) => k.subarray(i * n, (i + 1) * n).reduce((sum, x) => sum + x, 0));
  return { rows, all: rows.reduce((sum, x) => sum + x, 0) };
}

/** ⟨a, b⟩ */
export const inner = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
