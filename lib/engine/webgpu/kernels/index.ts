/** Every kernel of our own on the webgpu backend. */

import { convBatchNormInfer } from './convolution/convBatchNormInference';
import { convolutionKernels } from './convolution/convolutionKernels';
import { depthwiseKernels } from './convolution/depthwiseKernels';
import { cast } from './elementwise/castProgram';
import { clipByValue } from './elementwise/clipPrograms';
import { comparisonKernels } from './elementwise/comparisonPrograms';
import { unaryKernels } from './elementwise/unaryPrograms';
import { maxPool } from './maxPoolProgram';
import { batchNormGrad } from './norm/batchNormGradient';
import { batchNormInfer } from './norm/batchNormInference';
import { batchNorm, batchNormResidual } from './norm/batchNormPrograms';
import { leakyRelu, leakyReluGrad } from './norm/rectifierPrograms';
import { optimizerKernels } from './optimizer/optimizerKernels';
import { cumulativeKernels } from './reduction/cumulativePrograms';
import { globalAveragePool, globalAveragePoolGrad } from './reduction/globalAveragePoolPrograms';
import { reductions } from './reduction/reductions';
import { normalizeRows, normalizeRowsGrad } from './rows/normalizeRowsPrograms';
import { softmaxCrossEntropy, softmaxCrossEntropyGrad } from './rows/softmaxCrossEntropyPrograms';
import { selectChannels, selectChannelsGrad } from './selectChannelsPrograms';
import type { WebgpuKernel } from './webgpuKernel';

export const webgpuKernels: readonly WebgpuKernel[] = [
  ...convolutionKernels,
  ...depthwiseKernels,
  convBatchNormInfer,
  ...[batchNorm, batchNormResidual, batchNormInfer, batchNormGrad, leakyRelu, leakyReluGrad],
  ...[globalAveragePool, globalAveragePoolGrad, softmaxCrossEntropy, softmaxCrossEntropyGrad],
  ...[normalizeRows, normalizeRowsGrad, selectChannels, selectChannelsGrad],
  ...optimizerKernels,
  ...reductions,
  ...cumulativeKernels,
  ...unaryKernels,
  ...comparisonKernels,
  ...[cast, clipByValue, maxPool],
];
