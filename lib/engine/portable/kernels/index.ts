/** Every kernel that this engine composes, in front of the wasm backend's own. */
import type { WasmKernel } from '../wasmKernels';
import { batchNorms } from './batchNormKernels';
import { casts } from './castKernels';
import { conv2DBackpropFilter } from './convolution/Conv2DBackpropFilter';
import { conv2DBackpropInput } from './convolution/Conv2DBackpropInput';
import { depthwiseBackpropFilter } from './convolution/DepthwiseConv2dNativeBackpropFilter';
import { depthwiseBackpropInput } from './convolution/DepthwiseConv2dNativeBackpropInput';
import { fusedConvolutions } from './convolution/fusedConvolutions';
import { samePaddings } from './convolution/samePadding';
import { elementwise } from './elementwiseKernels';
import { maxPoolGrad } from './MaxPoolGrad';
import { matMuls } from './matMulKernels';
import { oneHot } from './OneHot';
import { pools } from './poolKernels';
import { rectifiers } from './rectifier';
import { slice } from './Slice';
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
  ...casts,
  ...elementwise,
  ...pools,
  ...samePaddings,
  ...fusedConvolutions,
  ...matMuls,
  ...batchNorms,
  ...rectifiers,
  ...selections,
];
