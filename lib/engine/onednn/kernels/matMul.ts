/** Products of matrices, or of equally many pairs of matrices, by oneDNN. */
import { tf } from '../../tf';
import { input, isDense, type NativeKernel } from './types';

export const matMul: NativeKernel = {
  name: 'BatchMatMul',
  uses: ['MatMul'],
  run(call) {
    const [a, b] = [input(call, 'a'), input(call, 'b')];
    const { transposeA, transposeB } = call.attrs as { transposeA: boolean; transposeB: boolean };
    const batches = [a.shape.slice(0, -2), b.shape.slice(0, -2)] as const;
    if (!isDense(a, b) || !tf.util.arraysEqual(batches[0], batches[1])) return undefined;
    const [aRows, aColumns] = a.shape.slice(-2) as [number, number];
    const [bRows, bColumns] = b.shape.slice(-2) as [number, number];
    const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
    const [inner, n] = transposeB ? [bColumns, bRows] : [bRows, bColumns];
    if (k !== inner) return undefined; // the plain kernel has the error for it
    const { info, values } = call.backend.output([...batches[0], m, n]);
    const count = tf.util.sizeFromShape(batches[0]);
    call.native('MatMul')(
      count,
      m,
      k,
      n,
      Number(transposeA),
      Number(transposeB),
      call.backend.floats(a),
      call.backend.floats(b),
      values,
    );
    return info;
  },
};
