/** A convolution with the batch norm of evaluation mode, residual and activation in one program: the map between them is never written. */
import { activationOf } from '../norm/activationText';
import { input, number, type WebgpuKernel } from '../webgpuKernel';
import { convolve } from './convolutionKernels';

export const convBatchNormInfer: WebgpuKernel = {
  name: 'IekdConvBatchNormInfer',
  run(call) {
    const { residual } = call.inputs;
    const norm = { epsilon: number(call, 'epsilon') };
    const channels = ['gamma', 'beta', 'mean', 'variance'].map((name) => input(call, name));
    const epilogue = { norm, residual: residual !== undefined, activation: activationOf(call) };
    return convolve(call, epilogue, [...channels, ...(residual ? [residual] : [])]);
  },
};
