/** The flat list of native kernels; a kernel that is added appears here and in the parity tables of the tests. */
import { addN } from './addN';
import { binaries } from './binary';
import { cast } from './cast';
import { joins } from './concatSplit';
import { convBatchNorms } from './convolution/convBatchNormKernels';
import { convolutions } from './convolution/convolution';
import { depthwise } from './convolution/depthwise';
import { fills } from './fill';
import { fused } from './fused';
import { selections } from './gatherWhere';
import { inPlace } from './inPlace';
import { crossEntropies } from './losses/crossEntropyKernels';
import { multibox } from './losses/multibox';
import { matMul } from './matMul';
import { oneHot } from './oneHot';
import { pools } from './pool';
import { reductions } from './reduce';
import { comparisons } from './relational';
import { softmax } from './softmax';
import { arrangements } from './transposeSlice';
import type { NativeKernel } from './types';
import { unaries } from './unary';

export const nativeKernels: readonly NativeKernel[] = [
  ...[...convolutions, ...depthwise, ...convBatchNorms, matMul, ...binaries, ...unaries],
  ...[...reductions, ...pools, ...fused, ...crossEntropies, ...multibox, ...inPlace, softmax, addN],
  ...[...comparisons, ...selections, ...arrangements, ...joins, ...fills, cast, oneHot],
];
