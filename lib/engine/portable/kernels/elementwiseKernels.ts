/**
 * Elementwise kernels that the wasm backend's own answer wrongly (tfjs 4.22.0, seen against the CPU backend): its clip turns NaN into
 * a bound, its relu6 into zero, its maximum and minimum lose a NaN of the second operand, its power that of an exponent over 1. Its
 * sign calls numbers below 1e-7 zero, which is left as it is: the gradient of a mean absolute value is made of it, and weights trained
 * on this engine would become others.
 */
import type { tf } from '../../tf';
import { plainKernel } from '../portableFallbacks';
import type { WasmCall, WasmKernel } from '../wasmKernels';

/** f of every value of x. */
function mapped({ backend, inputs }: WasmCall, f: (value: number) => number): tf.TensorInfo {
  const x = inputs['x'] as tf.TensorInfo;
  const result = backend.makeOutput(x.shape, x.dtype);
  // Views of the wasm memory are taken after the last allocation, which may have moved it.
  const [values, images] = [backend.typedArrayFromHeap(x), backend.typedArrayFromHeap(result)];
  for (let i = 0; i < values.length; i++) images[i] = f(values[i] as number);
  return result;
}

const clipByValue: WasmKernel = {
  name: 'ClipByValue',
  run(call) {
    const { clipValueMin, clipValueMax } = call.attrs as { clipValueMin: number; clipValueMax: number };
    return mapped(call, (value) => (value > clipValueMax ? clipValueMax : Math.max(value, clipValueMin)));
  },
};

const relu6: WasmKernel = {
  name: 'Relu6',
  run({ run, inputs, constant }) {
    const positive = run('Relu', { x: inputs['x'] as tf.TensorInfo });
    return run('Minimum', { a: positive, b: constant(Float32Array.of(6), []) });
  },
};

const operands = ({ inputs }: WasmCall): Record<'a' | 'b', tf.TensorInfo> => inputs as Record<'a' | 'b', tf.TensorInfo>;

/** The larger or smaller of two: the wasm kernel keeps a NaN of its first operand. */
function extreme(name: 'Maximum' | 'Minimum'): WasmKernel {
  return {
    name,
    run(call) {
      const { run, backend } = call;
      const { a, b } = operands(call);
      const kept = run(name, { a, b });
      if (!backend.typedArrayFromHeap(b).some(Number.isNaN)) return kept; // most often a bound or a row: short
      const turned = run(name, { a: b, b: a });
      return run('Select', { condition: run('IsNan', { x: turned }), t: turned, e: kept });
    },
  };
}

const pow: WasmKernel = {
  name: 'Pow',
  run(call) {
    const { run, backend, inputs } = call;
    const { a, b } = operands(call);
    if (backend.typedArrayFromHeap(b).every(Number.isFinite)) return run('Pow', { a, b });
    return plainKernel('Pow')({ inputs, backend, attrs: {} });
  },
};

export const elementwise: readonly WasmKernel[] = [clipByValue, relu6, extreme('Maximum'), extreme('Minimum'), pow];
