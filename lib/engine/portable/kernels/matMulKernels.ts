/**
 * Matrix products. The wasm backend has a fast path only for products without transposes, and its fused one forgets to transpose
 * where there is a bias (tfjs 4.22.0, seen against the CPU backend): transposing is a kernel of its own here.
 */
import type { tf } from '../../tf';
import type { RunKernel, WasmCall, WasmKernel } from '../wasmKernels';
import { finished } from './activations';

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

const batchMatMul: WasmKernel = { name: 'BatchMatMul', run: product };

const fusedMatMul: WasmKernel = {
  name: '_FusedMatMul',
  run: (call) => finished('_FusedMatMul', call, product(call)),
};

export const matMuls: readonly WasmKernel[] = [batchMatMul, fusedMatMul];
