/** What a fused kernel does to its result, as kernels of their own: tfjs's names, and NaN stays NaN. */
import type { tf } from '../../tf';
import type { WasmCall } from '../wasmKernels';

type Activation = (call: WasmCall, x: tf.TensorInfo) => tf.TensorInfo;

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  linear: (_, x) => x,
  relu: ({ run }, x) => run('Relu', { x }),
  relu6: ({ run }, x) => run('Relu6', { x }),
  elu: ({ run }, x) => run('Elu', { x }),
  sigmoid: ({ run }, x) => run('Sigmoid', { x }),
  leakyrelu: ({ run, attrs }, x) => run('LeakyRelu', { x }, { alpha: attrs['leakyreluAlpha'] }),
  prelu: ({ run, inputs }, x) => run('Prelu', { x, alpha: inputs['preluActivationWeights'] }),
};

/** act(y + bias), of the fused call's bias and activation. */
export function finished(name: string, call: WasmCall, y: tf.TensorInfo): tf.TensorInfo {
  const { run, inputs, attrs } = call;
  const activation = ACTIVATIONS[(attrs['activation'] as string | undefined) ?? 'linear'];
  if (!activation) {
    const known = Object.keys(ACTIVATIONS).join(', ');
    throw new Error(`portable ${name}: expected one of ${known}, received ${attrs['activation']}`);
  }
  return activation(call, inputs['bias'] ? run('Add', { a: y, b: inputs['bias'] }) : y);
}
