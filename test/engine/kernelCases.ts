/** All rows of the parity tables: tfjs kernels and our own ops, with odd shapes, to be run on every engine. */
import { arrangementCases } from './cases/arrangement';
import { convolutionCases } from './cases/convolution';
import { detectionCases } from './cases/detection';
import { elementwiseCases } from './cases/elementwise';
import { fusedCases } from './cases/fused';
import { matrixCases } from './cases/matrix';
import { reductionCases } from './cases/reduction';
import type { KernelCase } from './cases/types';

export type { KernelCase } from './cases/types';

export const kernelCases: Readonly<Record<string, readonly KernelCase[]>> = {
  convolution: convolutionCases,
  matrix: matrixCases,
  elementwise: elementwiseCases,
  reduction: reductionCases,
  arrangement: arrangementCases,
  fused: fusedCases,
  detection: detectionCases,
};
