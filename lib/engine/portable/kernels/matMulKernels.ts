/**
 * Matrix products. The wasm backend has a fast path only for products without transposes, and its fused one forgets to transpose
 * where there is a bias (tfjs 4.22.0, seen against the CPU backend): transposing is a kernel of its own here.
 */
import type { tf } from '../../tf';
import type { RunKernel, WasmCall, WasmKernel } from '../wasmKernels';

/** x with its last two axes swapped. */
function transposed(run: RunKernel, x: tf.TensorInfo): tf.TensorInfo {
  const rank = x.shape.length;
  const perm = x.shape.map((_, i) => i).slice(0, -2);
  return run('Transpose', { x }, { perm: [...perm, rank - 1, rank - 2] });
}

/** a · b, each transposed first where the attributes say so. */
function product({ run, inputs, attrs }: WasmCall): tf.TensorInfo {
  const { a, b } = inputs as Record<'a' | 'b', tf.TensorInfo>;
  const { transposeA, transposeB } = attrs as { transposeA?: boolean; transposeB?: boolean };
  const operands = { a: transposeA ? transposed(run, a) : a, b: transposeB ? transposed(run, b) : b };
  return run('BatchMatMul', operands, { transposeA: false, transposeB: false });
}

/** tfjs's names of fused activations. */
const ACTIVATIONS: Readonly<Record<string, (call: WasmCall, x: tf.TensorInfo) => tf.TensorInfo>> = {
  linear: (_, x) => x,
  relu: ({ run }, x) => run('Relu', { x }),
  relu6: ({ run }, x) => run('Relu6', { x }),
  elu: ({ run }, x) => run('Elu', { x }),
  sigmoid: ({ run }, x) => run('Sigmoid', { x }),
  leakyrelu: ({ run, attrs }, x) => run('LeakyRelu', { x }, { alpha: attrs['leakyreluAlpha'] }),
  prelu: ({ run, inputs }, x) => run('Prelu', { x, alpha: inputs['preluActivationWeights'] }),
};

const batchMatMul: WasmKernel = { name: 'BatchMatMul', run: product };

const fusedMatMul: WasmKernel = {
  name: '_FusedMatMul',
  run(call) {
    const { run, inputs, attrs } = call;
    const activation = ACTIVATIONS[(attrs['activation'] as string | undefined) ?? 'linear'];
    if (!activation)
      throw new Error(
        `portable _FusedMatMul: expected one of ${Object.keys(ACTIVATIONS).join(', ')}, received ${attrs['activation']}`,
      );
    const y = product(call);
    return activation(call, inputs['bias'] ? run('Add', { a: y, b: inputs['bias'] }) : y);
  },
};

export const matMuls: readonly WasmKernel[] = [batchMatMul, fusedMatMul];
