/**
 * Rectifiers and their gradient: max(x, slope · x) = x · step(x), where step is 1 above zero and the slope at and below it. The
 * wasm backend's own Relu compares bits as integers and makes a negative NaN, which is what x86 gives for ∞ − ∞, zero: it would
 * hide that a run has diverged. (−∞ becomes NaN at slope 0, which is as visible.)
 */
import type { tf } from '../../tf';
import type { RunKernel, WasmKernel } from '../wasmKernels';

/** max(x, slope · x), elementwise. */
export function rectify(run: RunKernel, x: tf.TensorInfo, slope: number): tf.TensorInfo {
  return rectifyGradient(run, x, x, slope);
}

/** dy · step(y): y is the value after the rectifier or before it, which has the same sign where the slope is above zero. */
export function rectifyGradient(run: RunKernel, y: tf.TensorInfo, dy: tf.TensorInfo, slope: number): tf.TensorInfo {
  return run('Multiply', { a: dy, b: run('Step', { x: y }, { alpha: slope }) });
}

const relu: WasmKernel = {
  name: 'Relu',
  run: ({ run, inputs }) => rectify(run, inputs['x'] as tf.TensorInfo, 0),
};

const leakyRelu: WasmKernel = {
  name: 'IekdLeakyRelu',
  run: ({ run, inputs, attrs }) => rectify(run, inputs['x'] as tf.TensorInfo, attrs['slope'] as number),
};

const leakyReluGrad: WasmKernel = {
  name: 'IekdLeakyReluGrad',
  run({ run, inputs, attrs }) {
    const { y, dy } = inputs as Record<'y' | 'dy', tf.TensorInfo>;
    return rectifyGradient(run, y, dy, attrs['slope'] as number);
  },
};

export const rectifiers: readonly WasmKernel[] = [relu, leakyRelu, leakyReluGrad];
