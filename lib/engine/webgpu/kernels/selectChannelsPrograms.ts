/** A subset of channels, and its adjoint, which puts them back between zeros. */
import type { tf } from '../../tf';
import { type Program, runProgram } from './program';
import { input, output, sizeOf, type WebgpuCall, type WebgpuKernel } from './webgpuKernel';
import { bindings, forEach, grid, groupsFor } from './wgsl';

/** @param table of channels: of the result's k-th, that of x; or of x's k-th, that of the result, −1 for none */
function chosen(size: number, from: number, to: number, between: boolean): Program {
  const value = `x[i / ${to}u * ${from}u + u32(k)]`;
  return {
    key: `chosen channels ${size}, ${from} to ${to}${between ? ', between zeros' : ''}`,
    workgroups: grid(groupsFor(size)),
    code: () =>
      bindings(['y'], ['x', 'table: i32']) +
      forEach(
        size,
        `let k = table[i % ${to}u];
  ${between ? `var value = 0.0;\n  if (k >= 0) { value = ${value}; }\n  y[i] = value;` : `y[i] = ${value};`}`,
      ),
  };
}

function choose(call: WebgpuCall, x: tf.TensorInfo, table: readonly number[], between: boolean): tf.TensorInfo {
  const y = output(call, [...x.shape.slice(0, -1), table.length]);
  const places = call.backend.makeTensorInfo([table.length], 'int32', Int32Array.from(table) as unknown as Float32Array);
  const program = chosen(sizeOf(y), x.shape[x.shape.length - 1] as number, table.length, between);
  runProgram(call.backend, program, { outputs: [y], inputs: [x, places] });
  call.backend.disposeData(places.dataId);
  return y;
}

export const selectChannels: WebgpuKernel = {
  name: 'IekdSelectChannels',
  run: (call) => choose(call, input(call, 'x'), call.attrs['indices'] as number[], false),
};

export const selectChannelsGrad: WebgpuKernel = {
  name: 'IekdSelectChannelsGrad',
  run(call) {
    const { shape, indices } = call.attrs as { shape: number[]; indices: number[] };
    const table = Array.from({ length: shape[shape.length - 1] as number }, (_, k) => indices.indexOf(k));
    return choose(call, input(call, 'dy'), table, true);
  },
};
