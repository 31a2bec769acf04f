/** Every kernel that this engine composes, in front of the wasm backend's own. */
import type { WasmKernel } from '../wasmKernels';
import { batchNorms } from './batchNormKernels';
import { conv2DBackpropFilter } from './Conv2DBackpropFilter';
import { conv2DBackpropInput } from './Conv2DBackpropInput';
import { depthwiseBackpropFilter } from './DepthwiseConv2dNativeBackpropFilter';
import { depthwiseBackpropInput } from './DepthwiseConv2dNativeBackpropInput';
import { maxPoolGrad } from './MaxPoolGrad';
import { matMuls } from './matMulKernels';
import { oneHot } from './OneHot';
import { rectifiers } from './rectifier';
import { slice } from './Slice';
import { samePaddings } from './samePadding';
import { selections } from './selectChannelsKernels';
import { unsortedSegmentSum } from './UnsortedSegmentSum';

export const composedKernels: readonly WasmKernel[] = [
  conv2DBackpropFilter,
  conv2DBackpropInput,
  depthwiseBackpropFilter,
  depthwiseBackpropInput,
  maxPoolGrad,
  slice,
  oneHot,
  unsortedSegmentSum,
  ...samePaddings,
  ...matMuls,
  ...batchNorms,
  ...rectifiers,
  ...selections,
];
