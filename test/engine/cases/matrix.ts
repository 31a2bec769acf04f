/** Matrix products with every combination of transposes, batches and fused ends. */
import { tf } from 'iekd/dist/engine/tf';
import { type KernelCase, of, shapeText } from './types';

type Activation = 'linear' | 'relu' | 'relu6' | 'elu' | 'sigmoid' | 'leakyrelu';
const TRANSPOSES = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const;

/** The stored shape of a [rows, columns] operand. */
const stored = (batch: readonly number[], rows: number, columns: number, transpose: boolean): number[] =>
  transpose ? [...batch, columns, rows] : [...batch, rows, columns];

const mark = (transpose: boolean): string => (transpose ? 'ᵀ' : '');

interface Batches {
  readonly a?: readonly number[];
  readonly b?: readonly number[];
  /** Where one batch is broadcast, tfjs differentiates only by the other operand. */
  readonly differentiate?: readonly number[];
}

function products(
  m: number,
  k: number,
  n: number,
  { a: batchA = [], b: batchB = batchA, differentiate = [0, 1] }: Batches = {},
): KernelCase[] {
  return TRANSPOSES.map(([a, b]) => ({
    name: `matMul ${shapeText([...batchA, m, k])}${mark(a)} · ${shapeText([...batchB, k, n])}${mark(b)}`,
    kernels: ['BatchMatMul'],
    inputs: [of(stored(batchA, m, k, a)), of(stored(batchB, k, n, b))],
    run: (x, y) => tf.matMul(x as tf.Tensor, y as tf.Tensor, a, b),
    differentiate,
  }));
}

function fused(m: number, k: number, n: number, activation: Activation, bias: readonly number[] | undefined): KernelCase[] {
  return TRANSPOSES.map(([a, b]) => ({
    name: `fused matMul ${m}x${k}${mark(a)} · ${k}x${n}${mark(b)}, ${activation}${bias ? `, bias ${shapeText(bias)}` : ''}`,
    kernels: ['_FusedMatMul'],
    inputs: [of(stored([], m, k, a)), of(stored([], k, n, b)), of(bias ?? [n])],
    run: (x, y, z) =>
      tf.fused.matMul({
        a: x as tf.Tensor,
        b: y as tf.Tensor,
        transposeA: a,
        transposeB: b,
        activation,
        ...(bias ? { bias: z as tf.Tensor } : {}),
        ...(activation === 'leakyrelu' ? { leakyreluAlpha: 0.1 } : {}),
      }),
    differentiate: [],
  }));
}

export const matrixCases: readonly KernelCase[] = [
  ...products(1, 1, 1),
  ...products(5, 7, 3),
  ...products(1, 17, 1),
  ...products(16, 64, 10),
  ...products(33, 1, 18),
  ...products(4, 5, 3, { a: [3] }),
  ...products(4, 5, 3, { a: [2, 3] }),
  ...products(4, 5, 3, { a: [1], b: [4], differentiate: [1] }),
  ...products(2, 6, 5, { a: [3], b: [1], differentiate: [0] }),
  {
    name: 'einsum ij,jk->ik, 3x4 with 4x5',
    kernels: ['Einsum'],
    inputs: [of([3, 4]), of([4, 5])],
    run: (x, y) => tf.einsum('ij,jk->ik', x as tf.Tensor, y as tf.Tensor),
    differentiate: [],
  },
  ...fused(5, 7, 3, 'linear', [3]),
  ...fused(5, 7, 3, 'relu', [3]),
  ...fused(5, 7, 17, 'relu', undefined),
  ...fused(2, 3, 4, 'leakyrelu', [4]),
  ...fused(2, 3, 4, 'sigmoid', [1, 4]),
  ...fused(2, 3, 4, 'elu', [4]),
  ...fused(2, 3, 4, 'relu6', [4]),
];
