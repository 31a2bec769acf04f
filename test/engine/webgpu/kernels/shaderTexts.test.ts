/**
 * The WGSL of every kernel of our own, as a device that only notes it is given it. WGSL lets a compiler assume that no number is NaN or
 * infinite, which the programs that play a GPU do not: so what NaN passes through must not compare floats, and this is read in the text.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { tf } from 'iekd/dist/engine/tf';
import { webgpuKernels } from 'iekd/dist/engine/webgpu/kernels';
import type { ProgramBackend } from 'iekd/dist/engine/webgpu/kernels/program';
import { kernelCases } from '../../kernelCases';

/** Functions of WGSL that may drop NaN, and comparisons of a float with itself or a number. */
const FORBIDDEN = [/\b(min|max|clamp|sign|step|saturate|smoothstep|fma)\(/, /[!=]= -?\d+\.\d*/, /\b(\w+) != \1\b/];

interface Noted {
  readonly key: string;
  readonly code: string;
}

/** A backend on which programs are noted in the place of being run; its tensors have no values. */
function notingBackend(noted: Noted[]): ProgramBackend {
  const pass = { setPipeline: () => undefined, setBindGroup: () => undefined, dispatchWorkgroups: () => undefined };
  const buffer = { size: 0 };
  const device = {
    limits: { maxStorageBuffersPerShaderStage: 8 },
    createShaderModule: ({ code, label }: { code: string; label: string }) => noted.push({ key: label, code }),
    createComputePipeline: () => ({ getBindGroupLayout: () => ({}) }),
    createBindGroup: () => ({}),
  };
  const backend = {
    device,
    queue: { writeBuffer: () => undefined },
    bufferManager: { acquireBuffer: () => buffer },
    tensorMap: { get: () => ({ resource: buffer }) },
    commandQueueOwnedIds: new Set(),
    uniformPendingDisposal: [],
    computePassEncoder: pass,
    dispatchCountInPass: Number.NEGATIVE_INFINITY,
    uploadToGPU: () => undefined,
    ensureCommandEncoderReady: () => undefined,
    disposeData: () => true,
    makeTensorInfo: (shape: number[], dtype: tf.DataType) => ({ dataId: {}, shape, dtype }),
  };
  return backend as unknown as ProgramBackend;
}

const map = (shape: number[], dtype: tf.DataType = 'float32'): tf.TensorInfo => ({ dataId: {}, shape, dtype });

/** Inputs and attributes that take a kernel through its texts; several where it has several. */
const x = map([2, 5, 5, 6]);
const channel = map([6]);
const norm = { x, gamma: channel, beta: channel, mean: channel, variance: channel };
const attrs = { epsilon: 1e-5, slope: 0.1, ceiling: 6 };
const pair = { a: x, b: map([5, 1]) };
const convolution = { strides: 2, pad: 'same', dilations: 1, filterShape: [3, 3, 6, 8], inputShape: x.shape };
const [weights, convolved] = [map([3, 3, 6, 8]), map([2, 3, 3, 8])];
/** Channels in fours, and several filters a channel. */
const wide = map([2, 5, 5, 8]);
const depthwise = { strides: 1, pad: 'same', dilations: 2, filterShape: [3, 3, 8, 1], inputShape: wide.shape };
const several = { strides: 2, pad: 'same', filterShape: [3, 3, 6, 2], inputShape: x.shape };
const spread = map([2, 3, 3, 12]);
const [rows, labels] = [map([4, 10]), map([4], 'int32')];
const CALLS: Readonly<Record<string, readonly (readonly [Record<string, tf.TensorInfo>, Record<string, unknown>])[]>> = {
  Conv2D: [
    [{ x, filter: weights }, convolution],
    [
      { x: wide, filter: map([1, 1, 8, 5]) },
      { strides: 1, pad: 'valid' },
    ],
  ],
  IekdDilatedConv2D: [
    [
      { x, filter: weights },
      { strides: 1, pad: 2, dilations: 2 },
    ],
  ],
  FusedConv2D: ['linear', 'relu', 'relu6', 'leakyrelu'].map((activation) => [
    { x, filter: weights, bias: map([8]) },
    { ...convolution, activation, leakyreluAlpha: 0.2 },
  ]),
  IekdConvBatchNormInfer: [
    [
      { x: wide, filter: map([3, 3, 8, 6]), gamma: channel, beta: channel, mean: channel, variance: channel, residual: x },
      { strides: 1, pad: 1, epsilon: 1e-5, slope: 0, ceiling: 6 },
    ],
    [
      { ...norm, filter: map([3, 3, 6, 6]) },
      { strides: 2, pad: 1, epsilon: 1e-5, slope: 1 },
    ],
  ],
  Conv2DBackpropInput: [[{ dy: convolved, filter: weights }, convolution]],
  Conv2DBackpropFilter: [[{ x, dy: convolved }, convolution]],
  DepthwiseConv2dNative: [
    [{ x: wide, filter: map([3, 3, 8, 1]) }, depthwise],
    [{ x, filter: map([3, 3, 6, 2]) }, several],
  ],
  DepthwiseConv2dNativeBackpropInput: [
    [{ dy: wide, filter: map([3, 3, 8, 1]) }, depthwise],
    [{ dy: spread, filter: map([3, 3, 6, 2]) }, several],
  ],
  DepthwiseConv2dNativeBackpropFilter: [
    [{ x: wide, dy: wide }, depthwise],
    [{ x, dy: spread }, several],
  ],
  IekdBatchNorm: [[norm, { epsilon: 1e-5, slope: 0 }]],
  IekdBatchNormResidual: [[{ ...norm, residual: x }, attrs]],
  IekdBatchNormInfer: [[{ ...norm, residual: x }, attrs]],
  IekdBatchNormGrad: [
    [{ ...norm, dy: x }, attrs],
    [{ ...norm, dy: x, y: x }, attrs],
  ],
  IekdLeakyRelu: [[{ x }, { slope: 0.1 }]],
  IekdLeakyReluGrad: [[{ y: x, dy: x }, { slope: 0.1 }]],
  IekdGlobalAveragePool: [[{ x }, {}]],
  IekdGlobalAveragePoolGrad: [[{ dy: map([2, 6]) }, { shape: x.shape }]],
  IekdSoftmaxCrossEntropy: [[{ logits: rows, labels }, {}]],
  IekdSoftmaxCrossEntropyGrad: [[{ logits: rows, labels, dy: map([]) }, {}]],
  IekdNormalizeRows: [[{ x: rows }, { floor: 1e-12 }]],
  IekdNormalizeRowsGrad: [[{ x: rows, y: rows, dy: rows }, { floor: 1e-12 }]],
  IekdSelectChannels: [[{ x }, { indices: [1, 3] }]],
  IekdSelectChannelsGrad: [[{ dy: map([2, 5, 5, 2]) }, { indices: [1, 3], shape: x.shape }]],
  IekdSgdInPlace: [[{ parameter0: x, velocity0: x, gradient0: x }, {}]],
  IekdAdamInPlace: [
    [
      { parameter0: x, mean0: x, square0: x, gradient0: x },
      { rates: [1], roots: [1] },
    ],
  ],
  IekdAverageInPlace: [[{ average0: x, variable0: x }, {}]],
  IekdMoveInPlace: [[{ movingMean: channel, movingVariance: channel, mean: channel, variance: channel }, {}]],
  ...Object.fromEntries(['Sum', 'Mean', 'Prod'].map((name) => [name, [[{ x }, { axis: [0, 1, 2] }]]])),
  ...Object.fromEntries(['Max', 'Min'].map((name) => [name, [[{ x }, { reductionIndices: 3 }]]])),
  ...Object.fromEntries(['Cumsum', 'Cumprod'].map((name) => [name, [[{ x }, { axis: 1, exclusive: true }]]])),
  ...Object.fromEntries(
    ['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual'].map((name) => [name, [[pair, {}]]]),
  ),
  LeakyRelu: [[{ x }, { alpha: 0.2 }]],
  Cast: [[{ x: labels }, { dtype: 'float32' }]],
  ClipByValue: [[{ x }, { clipValueMin: -1, clipValueMax: 1 }]],
  MaxPool: [[{ x }, { filterSize: 3, strides: 2, pad: 'same' }]],
};

/** Programs of a kernel's calls; the names that are in no table take x alone. */
function textsOf(name: string): Noted[] {
  const kernel = webgpuKernels.find((one) => one.name === name);
  const noted: Noted[] = [];
  for (const [inputs, attributes] of CALLS[name] ?? [[{ x }, {}] as const]) {
    assert.ok(kernel?.run({ backend: notingBackend(noted), inputs, attrs: attributes }), name);
  }
  return noted;
}

describe('WGSL of our own', () => {
  it('has no function and no comparison that may drop NaN', () => {
    const wrong = webgpuKernels.flatMap(({ name }) =>
      textsOf(name).flatMap(({ key, code }) =>
        FORBIDDEN.flatMap((bad) => (bad.test(code) ? [`${key}: ${bad.exec(code)?.[0]}`] : [])),
      ),
    );
    assert.deepEqual(wrong, []);
  });

  it('would be found if it had', () => {
    for (const code of ['y[i] = max(x[i], 0.0);', 'if (v != v) { }', 'if (v == 0.0) { }', 'y[i] = clamp(v, a, b);']) {
      assert.ok(
        FORBIDDEN.some((bad) => bad.test(code)),
        code,
      );
    }
    for (const code of ['larger(found, 1.0)', 'if (seen == 0u) { }', 'a >= b', 'softmax(x)']) {
      assert.ok(!FORBIDDEN.some((bad) => bad.test(code)), code);
    }
  });

  it('binds at most the eight storage buffers that WebGPU promises, each in use', () => {
    for (const { key, code } of webgpuKernels.flatMap(({ name }) => textsOf(name))) {
      const names = [...code.matchAll(/var<storage, \w+> (\w+)/g)].map(([, name]) => name as string);
      assert.ok(names.length <= 8, `${key} binds ${names.length}`);
      // An automatic layout leaves out what the text does not use, and the bindings would not fit it.
      for (const name of names) assert.ok(code.split(new RegExp(`\\b${name}\\[`)).length > 1, `${key} does not use ${name}`);
    }
  });

  it('is in the kernel tables, but for what only training steps try', () => {
    const tried = new Set(
      Object.values(kernelCases)
        .flat()
        .flatMap(({ kernels }) => kernels),
    );
    const missing = webgpuKernels.map(({ name }) => name).filter((name) => name.startsWith('Iekd') && !tried.has(name));
    assert.deepEqual(
      missing.filter((name) => !name.endsWith('Grad')),
      [],
    );
  });

  it('is refused by nobody who has other values: those are left to tfjs', () => {
    const backend = notingBackend([]);
    const integers = map([4], 'int32');
    for (const name of ['Relu', 'Abs', 'Sum', 'Max', 'ClipByValue', 'Greater']) {
      const kernel = webgpuKernels.find((one) => one.name === name);
      assert.equal(
        kernel?.run({ backend, inputs: { x: integers, a: integers, b: integers }, attrs: { axis: 0 } }),
        undefined,
        name,
      );
    }
  });
});
