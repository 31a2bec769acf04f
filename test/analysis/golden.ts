/** Values of `test/golden/analysis_reference.py`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CkaEstimator, CkaKernel } from 'iekd/dist/analysis/hsic';

export interface Values {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** A matrix and its eigenvalues or singular values, descending. */
export interface Spectrum {
  readonly name: string;
  readonly x: Values;
  readonly values: readonly number[];
}

interface Similarity {
  readonly kernel: CkaKernel;
  readonly t: number;
  readonly estimator: CkaEstimator;
  readonly hsic: number;
  readonly cka: number;
}

interface AnalysisGolden {
  readonly cka: readonly { readonly a: Values; readonly b: Values; readonly values: readonly Similarity[] }[];
  readonly singular: readonly Spectrum[];
  readonly symmetric: readonly Spectrum[];
}

export const golden = JSON.parse(readFileSync(join(__dirname, '..', 'golden', 'analysis.json'), 'utf8')) as AnalysisGolden;
