/** Tensors of one value, in the pool's memory. */
import { tf } from '../../tf';
import { input, type NativeCall, type NativeKernel } from './types';

function filled(call: NativeCall, shape: number[], dtype: unknown, value: number): tf.TensorInfo | undefined {
  if (dtype !== 'float32') return undefined;
  const { info, values } = call.backend.output(shape);
  call.native('Fill')(values.length, value, values);
  return info;
}

/** As many of a value as the tensor x has elements. */
function like(name: string, value: number): NativeKernel {
  return {
    name,
    uses: ['Fill'],
    run(call) {
      const { shape, dtype } = input(call, 'x');
      return filled(call, shape, dtype, value);
    },
  };
}

const fill: NativeKernel = {
  name: 'Fill',
  uses: ['Fill'],
  run(call) {
    const { shape, value, dtype } = call.attrs as { shape: number[]; value: number; dtype?: string };
    return filled(call, shape, dtype ?? tf.util.inferDtype(value), value);
  },
};

export const fills: readonly NativeKernel[] = [fill, like('ZerosLike', 0), like('OnesLike', 1)];
