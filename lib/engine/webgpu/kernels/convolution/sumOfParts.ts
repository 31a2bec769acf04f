/** Runs a program of partial sums, and one that adds them where there are several. */
import type { tf } from '../../../tf';
import { runProgram } from '../program';
import { reduceRows } from '../reduction/reduceRows';
import { output, sizeOf, type WebgpuCall } from '../webgpuKernel';
import type { FilterGradient } from './filterGradient';

/** @param shape of the result, without its parts */
export function sumOfParts(
  call: WebgpuCall,
  { program, parts }: FilterGradient,
  inputs: readonly tf.TensorInfo[],
  shape: readonly number[],
): tf.TensorInfo {
  const partial = output(call, parts === 1 ? shape : [parts, ...shape]);
  runProgram(call.backend, program, { outputs: [partial], inputs });
  if (parts === 1) return partial;
  const columns = { outer: 1, rows: parts, columns: sizeOf({ shape }) };
  const sum = reduceRows(call, 'sum', partial, columns, shape, 1);
  call.backend.disposeData(partial.dataId);
  return sum;
}
