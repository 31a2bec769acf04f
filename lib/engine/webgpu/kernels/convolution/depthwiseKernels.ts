/** Depthwise convolutions of NHWC maps, [height, width, channels, filters a channel], and both gradients, as tfjs's kernels. */
import { tf } from '../../../tf';
import { runProgram } from '../program';
import { input, isDense, output, type WebgpuKernel } from '../webgpuKernel';
import { depthwiseFilterGradientProgram } from './depthwiseFilterGradient';
import { depthwiseInputGradientProgram, depthwiseProgram } from './depthwisePrograms';
import { geometryOf } from './geometry';
import { sumOfParts } from './sumOfParts';

const forward: WebgpuKernel = {
  name: 'DepthwiseConv2dNative',
  run(call) {
    const inputs = [input(call, 'x'), input(call, 'filter')] as const;
    const geometry = isDense(...inputs) && geometryOf(call.attrs, inputs[0].shape, inputs[1].shape, true);
    if (!geometry) return undefined;
    const y = output(call, geometry.outputShape);
    runProgram(call.backend, depthwiseProgram(geometry), { inputs, outputs: [y] });
    return y;
  },
};

const inputGradient: WebgpuKernel = {
  name: 'DepthwiseConv2dNativeBackpropInput',
  run(call) {
    const inputs = [input(call, 'dy'), input(call, 'filter')] as const;
    const geometry = isDense(...inputs) && geometryOf(call.attrs, call.attrs['inputShape'] as number[], inputs[1].shape, true);
    if (!geometry || !tf.util.arraysEqual(inputs[0].shape, geometry.outputShape)) return undefined;
    const dx = output(call, geometry.inputShape);
    runProgram(call.backend, depthwiseInputGradientProgram(geometry), { inputs, outputs: [dx] });
    return dx;
  },
};

const filterGradient: WebgpuKernel = {
  name: 'DepthwiseConv2dNativeBackpropFilter',
  run(call) {
    const inputs = [input(call, 'x'), input(call, 'dy')] as const;
    const shape = call.attrs['filterShape'] as number[];
    const geometry = isDense(...inputs) && geometryOf(call.attrs, inputs[0].shape, shape, true);
    if (!geometry || !tf.util.arraysEqual(inputs[1].shape, geometry.outputShape)) return undefined;
    return sumOfParts(call, depthwiseFilterGradientProgram(geometry), inputs, shape);
  },
};

export const depthwiseKernels: readonly WebgpuKernel[] = [forward, inputGradient, filterGradient];
