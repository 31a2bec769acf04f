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

/** A least-squares fit on the first images, and how much it explains. */
interface ReadoutGolden {
  readonly from: Values;
  readonly to: Values;
  readonly positions: number;
  readonly fitted: number;
  readonly ridge: number;
  readonly r2: number;
  readonly fittedR2: number;
}

interface AnalysisGolden {
  readonly cka: readonly { readonly a: Values; readonly b: Values; readonly values: readonly Similarity[] }[];
  readonly singular: readonly Spectrum[];
  readonly symmetric: readonly Spectrum[];
  readonly readout: readonly ReadoutGolden[];
}

export const golden = JSON.parse(readFileSync(join(__dirname, '..', 'golden', 'analysis.json'), 'utf8')) as AnalysisGolden;
