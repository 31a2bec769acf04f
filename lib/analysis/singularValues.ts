/** How many directions a matrix has: its singular values in double precision, and two numbers that count those that matter. */
import { refuse, refusePhrase } from '../util/check';
import type { FeatureMatrix } from './featureMatrix';
import { rowProducts } from './linalg/rowProducts';
import { symmetricEigenvalues } from './linalg/symmetricEigenvalues';

/** Most rows or columns, whichever are fewer: eigenvalues of so many take minutes. */
const MOST = 4096;

/** Of a matrix [images, size], descending: square roots of the eigenvalues of X Xᵀ or Xᵀ X, whichever is smaller. */
export function singularValues({ name, images, size, values }: FeatureMatrix): number[] {
  const bad = values.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0) throw refuse(`${name}: image ${Math.floor(bad / size)}`, 'finite values', values[bad]);
  const least = Math.min(images, size);
  if (least > MOST) {
    throw refusePhrase(name, `at most ${MOST} images or values`, `${images} images of ${size}`, 'take fewer images');
  }
  const wide = images <= size;
  const products = wide ? rowProducts(values, images, size) : rowProducts(transposed(values, images, size), size, images);
  return Array.from(symmetricEigenvalues(products, least), (value) => Math.sqrt(Math.max(0, value)));
}

/** The least n with √(Σ_{i ≤ n} s_i²) > threshold · √(Σ s_i²). @param values s, descending @param threshold in (0, 1) */
export function activeCount(values: readonly number[], threshold = 0.95): number {
  const bar = checkThreshold(threshold) * Math.sqrt(energy('activeCount', values));
  let sum = 0;
  return (
    values.findIndex((s) => {
      sum += s ** 2;
      return Math.sqrt(sum) > bar;
    }) + 1
  );
}

/** (Σ s²)² / Σ s⁴: n for n values that are equal, 1 for one that is alone. */
export function participationRatio(values: readonly number[]): number {
  const total = energy('participationRatio', values);
  return 1 / values.reduce((sum, s) => sum + (s ** 2 / total) ** 2, 0);
}

/** Σ s² */
function energy(where: string, values: readonly number[]): number {
  const sum = values.reduce((total, s) => total + s ** 2, 0);
  if (sum > 0 && sum < Infinity) return sum;
  throw refuse(where, 'finite singular values that are not all 0', values);
}

/** In (0, 1), or an error. */
export function checkThreshold(threshold: number): number {
  if (threshold > 0 && threshold < 1) return threshold;
  throw refuse('activeNeurons: threshold', 'a number above 0 and below 1', threshold);
}

function transposed(values: FeatureMatrix['values'], rows: number, columns: number): Float64Array {
  return Float64Array.from(
    { length: rows * columns },
    (_, at) => values[(at % rows) * columns + Math.floor(at / rows)] as number,
  );
}
