/** The flat list of native kernels; a kernel that is added appears here and in the parity tables of the tests. */
import { binaries } from './binary';
import { convBatchNorms } from './convBatchNorm';
import { convolutions } from './convolution';
import { depthwise } from './depthwise';
import { fused } from './fused';
import { inPlace } from './inPlace';
import { matMul } from './matMul';
import { pack } from './pack';
import { pools } from './pool';
import { reductions } from './reduce';
import type { NativeKernel } from './types';
import { unaries } from './unary';

export const nativeKernels: readonly NativeKernel[] = [
  ...[...convolutions, ...depthwise, ...convBatchNorms, matMul, ...binaries, ...unaries],
  ...[...reductions, ...pools, ...fused, ...inPlace, pack],
];
