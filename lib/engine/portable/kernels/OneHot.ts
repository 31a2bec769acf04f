/**
 * Labels as rows of two values. The wasm backend's own writes whole numbers only, whatever type is asked for (tfjs 4.22.0, seen against
 * the CPU backend): so zeros and ones of int32 first, then the values.
 */
import type { tf } from '../../tf';
import type { WasmKernel } from '../wasmKernels';

export const oneHot: WasmKernel = {
  name: 'OneHot',
  run({ run, inputs, attrs, constant }) {
    if (attrs['dtype'] !== 'float32') return run('OneHot', inputs, attrs);
    const { indices } = inputs as { indices: tf.TensorInfo };
    const { depth, onValue, offValue } = attrs as { depth: number; onValue: number; offValue: number };
    const marks = run('OneHot', { indices }, { depth, onValue: 1, offValue: 0, dtype: 'int32' });
    const ones = run('Cast', { x: marks }, { dtype: 'float32' });
    const [factor, shift] = [onValue - offValue, offValue].map((value) => constant(Float32Array.of(value), []));
    return run('Add', { a: run('Multiply', { a: ones, b: factor }), b: shift });
  },
};
