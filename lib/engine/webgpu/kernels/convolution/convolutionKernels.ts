/** Convolutions of NHWC maps with [height, width, in, out] filters, and both gradients, as tfjs's kernels. */
import { tf } from '../../../tf';
import { runProgram } from '../program';
import { input, isDense, output, sizeOf, type WebgpuCall, type WebgpuKernel } from '../webgpuKernel';
import { activationNamed, type Epilogue, PLAIN } from './epilogue';
import { filterGradientProgram } from './filterGradient';
import { convolutionProgram, inputGradientProgram } from './gatherConvolution';
import { geometryOf } from './geometry';
import { sumOfParts } from './sumOfParts';

/** The forward kernel. @param more inputs of the epilogue; undefined for what the programs do not take */
export function convolve(call: WebgpuCall, epilogue: Epilogue, more: readonly tf.TensorInfo[]): tf.TensorInfo | undefined {
  const inputs = [input(call, 'x'), input(call, 'filter'), ...more] as const;
  const geometry = isDense(...inputs) && geometryOf(call.attrs, inputs[0].shape, inputs[1].shape);
  if (!geometry) return undefined;
  const y = output(call, geometry.outputShape);
  runProgram(call.backend, convolutionProgram(geometry, { epilogue }), { inputs, outputs: [y] });
  return y;
}

const forward: WebgpuKernel = { name: 'Conv2D', run: (call) => convolve(call, PLAIN, []) };

/** With the bias and activation of a frozen layer; activations of other kinds, and a bias of other shapes, are tfjs's. */
const fused: WebgpuKernel = {
  name: 'FusedConv2D',
  run(call) {
    const { activation: name = 'linear', leakyreluAlpha = 0 } = call.attrs as { activation?: string; leakyreluAlpha?: number };
    const activation = activationNamed(name, leakyreluAlpha);
    const { filter, bias } = call.inputs;
    if (!activation || (bias && sizeOf(bias) !== filter?.shape[3])) return undefined;
    return convolve(call, { bias: bias !== undefined, activation }, bias ? [bias] : []);
  },
};

const inputGradient: WebgpuKernel = {
  name: 'Conv2DBackpropInput',
  run(call) {
    const inputs = [input(call, 'dy'), input(call, 'filter')] as const;
    const geometry = isDense(...inputs) && geometryOf(call.attrs, call.attrs['inputShape'] as number[], inputs[1].shape);
    // A transposed convolution of a map that the convolution would not have given: tfjs computes it all the same.
    if (!geometry || !tf.util.arraysEqual(inputs[0].shape, geometry.outputShape)) return undefined;
    const dx = output(call, geometry.inputShape);
    runProgram(call.backend, inputGradientProgram(geometry), { inputs, outputs: [dx] });
    return dx;
  },
};

const filterGradient: WebgpuKernel = {
  name: 'Conv2DBackpropFilter',
  run(call) {
    const inputs = [input(call, 'x'), input(call, 'dy')] as const;
    const shape = call.attrs['filterShape'] as number[];
    const geometry = isDense(...inputs) && geometryOf(call.attrs, inputs[0].shape, shape);
    if (!geometry || !tf.util.arraysEqual(inputs[1].shape, geometry.outputShape)) return undefined;
    return sumOfParts(call, filterGradientProgram(geometry), inputs, shape);
  },
};

export const convolutionKernels: readonly WebgpuKernel[] = [
  forward,
  /** The same: its gradient takes the dilation too. */
  { ...forward, name: 'IekdDilatedConv2D' },
  fused,
  inputGradient,
  filterGradient,
];
