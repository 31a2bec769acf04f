/**
 * Cumulative sums and products along an axis, an invocation for each line. tfjs 4.22.0 takes one pipeline for axes of different
 * lengths, so that its exclusive ones, and with them the gradient of `prod`, are wrong.
 */
import { tf } from '../../../tf';
import { type Program, runProgram } from '../program';
import { input, sizeOf, type WebgpuKernel } from '../webgpuKernel';
import { bindings, forEach, grid, groupsFor } from '../wgsl';

interface Lines {
  readonly count: number;
  readonly length: number;
  /** Values between two of a line. */
  readonly stride: number;
}

interface Cumulation {
  readonly sign: '+' | '*';
  readonly type: 'f32' | 'i32';
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

function cumulate({ count, length, stride }: Lines, { sign, type, exclusive, reverse }: Cumulation): Program {
  const take = `total = total ${sign} x[place];`;
  const place = reverse ? `${length - 1}u - step` : 'step';
  return {
    key: `cumulative ${sign} ${type} ${count}x${length} by ${stride}${exclusive ? ', exclusive' : ''}${reverse ? ', reverse' : ''}`,
    workgroups: grid(groupsFor(count)),
    code: () =>
      bindings([`y: ${type}`], [`x: ${type}`]) +
      forEach(
        count,
        `let first = i / ${stride}u * ${length * stride}u + i % ${stride}u;
  var total = ${type}(${sign === '+' ? 0 : 1});
  for (var step = 0u; step < ${length}u; step++) {
    let place = first + (${place}) * ${stride}u;
    ${exclusive ? `y[place] = total; ${take}` : `${take} y[place] = total;`}
  }`,
      ),
  };
}

function cumulative(name: string, sign: '+' | '*'): WebgpuKernel {
  return {
    name,
    run(call) {
      const x = input(call, 'x');
      const { axis, exclusive = false, reverse = false } = call.attrs as { axis: number; exclusive?: boolean; reverse?: boolean };
      if (sizeOf(x) === 0 || (x.dtype !== 'float32' && x.dtype !== 'int32')) return undefined;
      const [along = 0] = tf.util.parseAxisParam(axis, x.shape);
      const length = x.shape[along] ?? 1;
      const lines = { count: sizeOf(x) / length, length, stride: sizeOf({ shape: x.shape.slice(along + 1) }) };
      const y = call.backend.makeTensorInfo(x.shape, x.dtype);
      const type = x.dtype === 'int32' ? 'i32' : 'f32';
      runProgram(call.backend, cumulate(lines, { sign, type, exclusive, reverse }), { outputs: [y], inputs: [x] });
      return y;
    },
  };
}

export const cumulativeKernels: readonly WebgpuKernel[] = [cumulative('Cumsum', '+'), cumulative('Cumprod', '*')];
