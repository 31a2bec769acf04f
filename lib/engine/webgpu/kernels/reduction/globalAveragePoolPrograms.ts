/** The mean over positions, and its gradient. */

import { type Program, runProgram } from '../program';
import { input, output, sizeOf, type WebgpuKernel } from '../webgpuKernel';
import { bindings, forEach, grid, groupsFor } from '../wgsl';
import { reduceRows } from './reduceRows';

type Four = readonly [batch: number, height: number, width: number, channels: number];

export const globalAveragePool: WebgpuKernel = {
  name: 'IekdGlobalAveragePool',
  run(call) {
    const x = input(call, 'x');
    const [batch, height, width, channels] = x.shape as unknown as Four;
    return reduceRows(call, 'mean', x, { outer: batch, rows: height * width, columns: channels }, [batch, channels]);
  },
};

function spread(shape: Four): Program {
  const [, height, width, channels] = shape;
  const size = sizeOf({ shape });
  return {
    key: `global average pool's gradient ${shape.join('x')}`,
    workgroups: grid(groupsFor(size)),
    code: () =>
      bindings(['dx'], ['dy']) +
      forEach(size, `dx[i] = dy[i / ${height * width * channels}u * ${channels}u + i % ${channels}u] / ${height * width}.0;`),
  };
}

export const globalAveragePoolGrad: WebgpuKernel = {
  name: 'IekdGlobalAveragePoolGrad',
  run(call) {
    const shape = call.attrs['shape'] as Four;
    const dx = output(call, shape);
    runProgram(call.backend, spread(shape), { outputs: [dx], inputs: [input(call, 'dy')] });
    return dx;
  },
};
